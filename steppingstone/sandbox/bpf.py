"""Seccomp filters as BPF programs. Every rule is self-contained, so that no jump grows with the number of rules."""

import errno
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from steppingstone.sandbox import syscalls

_INSTRUCTION = struct.Struct("<HBBI")
_LOAD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_IF_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_IF_AT_LEAST = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_RETURN = 0x06  # BPF_RET | BPF_K
_NUMBER_AT = 0
_ARCH_AT = 4
_ARGUMENTS_AT = 16  # struct seccomp_data: eight bytes an argument, the low half first

ALLOW = 0x7FFF0000
KILL_PROCESS = 0x80000000


def refuse(code: int = errno.EPERM) -> int:
    """The action: the call fails with this errno."""
    return 0x00050000 | code


@dataclass(frozen=True, slots=True)
class Only:
    """A call is allowed if the low 32 bits of this argument (0-5) are one of `values`."""

    argument: int
    values: Sequence[int]


def program(actions: Mapping[str, int], conditions: Mapping[str, Only], default: int) -> bytes:
    """A filter: one action by name, conditions by name (EPERM if unmet), else `default`; another architecture dies."""
    arch = syscalls.AUDIT_ARCH[syscalls.machine()]
    code = [_step(_LOAD, _ARCH_AT), _step(_IF_EQUAL, arch, yes=1), _step(_RETURN, KILL_PROCESS)]
    code += [_step(_LOAD, _NUMBER_AT)]
    code += [_step(_IF_AT_LEAST, syscalls.X32_BIT, no=1), _step(_RETURN, KILL_PROCESS)]
    for name, action in actions.items():
        code += _rule(name, [_step(_RETURN, action)])
    for name, only in conditions.items():
        code += _rule(name, list(_conditional(only)))
    return b"".join([*code, _step(_RETURN, default)])


def _rule(name: str, then: list[bytes]) -> list[bytes]:
    number = syscalls.number(name)
    return [] if number is None else [_step(_IF_EQUAL, number, no=len(then)), *then]


def _conditional(only: Only) -> Iterable[bytes]:
    yield _step(_LOAD, _ARGUMENTS_AT + 8 * only.argument)
    for value in only.values:
        yield _step(_IF_EQUAL, value, no=1)
        yield _step(_RETURN, ALLOW)
    yield _step(_RETURN, refuse())


def _step(code: int, operand: int, yes: int = 0, no: int = 0) -> bytes:
    return _INSTRUCTION.pack(code, yes, no, operand)
