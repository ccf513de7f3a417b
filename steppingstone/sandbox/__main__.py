"""`python -m steppingstone.sandbox`: run a file, answer a JSON request, or say what this machine can enforce."""

import argparse
import json
import sys
from pathlib import Path

from steppingstone.errors import BadInput, SandboxUnavailable
from steppingstone.sandbox import doctor, requests
from steppingstone.sandbox.policy import POLICIES
from steppingstone.sandbox.pool import Sandbox

_ABOUT = """Runs untrusted Python, confined. Prints {"results": [{"verdict", "value", "text", "detail"}, …]}: for a file one
result, whose value is what it wrote to standard output; for a request one for each input. Exit status: 0 all was run,
whatever the verdicts; 2 the request or the file cannot be used; 3 the sandbox cannot start."""


def main(arguments: list[str] | None = None) -> int:
    """Do as the command line says; returns the exit status."""
    options = _parser().parse_args(arguments)
    if options.what == "doctor" and not Path("doctor").exists():
        return doctor.main()
    try:
        with Sandbox(1, policy=options.policy) as sandbox:
            results = _answer(options, sandbox)
    except BadInput as error:
        print(f"steppingstone.sandbox: {error}", file=sys.stderr)
        return 2
    except SandboxUnavailable as error:
        print(f"steppingstone.sandbox: {error}", file=sys.stderr)
        return 3
    print(json.dumps({"results": results}))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m steppingstone.sandbox", description=_ABOUT)
    parser.add_argument("what", nargs="?", default="-", metavar="FILE|-|doctor", help="- (default): a JSON request on stdin")
    parser.add_argument("--policy", default="default", choices=list(POLICIES), help="; ".join(map(_about, POLICIES)))
    parser.add_argument("--stdin", default="", metavar="FILE", help="the program's standard input (-: this one); else empty")
    parser.add_argument("--timeout-s", type=float, default=10.0, help="seconds of wall clock for a file (default %(default)s)")
    parser.add_argument("--memory-mb", type=int, default=256, help="MiB of memory for a file (default %(default)s)")
    return parser


def _about(name: str) -> str:
    return f"{name}: {POLICIES[name].about}"


def _answer(options: argparse.Namespace, sandbox: Sandbox) -> list[requests.Result]:
    if options.what == "-":
        request = requests.read(_text("-"))
        return [requests.result(end) for end in sandbox.call(request.source, request.function, request.inputs, request.limits)]
    limits = requests.limits({"timeout_s": options.timeout_s, "memory_mb": options.memory_mb})
    stdin = _text(options.stdin) if options.stdin else ""
    return [requests.program_result(sandbox.run_program(_text(options.what), stdin, limits))]


def _text(name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return data.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{name} cannot be read as UTF-8 text: {error}") from error


if __name__ == "__main__":
    sys.exit(main())
