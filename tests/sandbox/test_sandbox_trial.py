"""The sandbox is tried with programs before a run, and a wall that is missing is found."""

import pytest

from steppingstone.errors import SandboxUnavailable
from steppingstone.findings import State
from steppingstone.sandbox import Sandbox, trial
from steppingstone.sandbox.trial import examine_sandbox


def test_an_honest_program_runs_here_and_a_hostile_one_gets_nothing() -> None:
    finding = examine_sandbox(256)
    assert finding.state is State.FINE, finding
    assert "enforced are " in finding.said
    assert "seccomp" in finding.said


def test_what_a_program_is_let_do_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "HOSTILE", "def f(what):\n    return what if what == 'open a socket' else 1 / 0")
    finding = examine_sandbox(256)
    assert (finding.state, "let open a socket" in finding.said) == (State.FAILED, True)


def test_a_kernel_without_the_walls_is_no_bad_input(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Sandbox) -> None:
        raise SandboxUnavailable("the sandbox does not start: seccomp is demanded and missing")

    monkeypatch.setattr(Sandbox, "start", refuse)
    finding = examine_sandbox(256)
    assert (finding.state, "seccomp is demanded" in finding.said) == (State.FAILED, True)
