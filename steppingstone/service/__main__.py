"""`python -m steppingstone.service SOURCE [TABLE]`: grades the completions of a version's problems behind HTTP."""

import argparse
import os
import sys
from pathlib import Path

from steppingstone.errors import BadInput, SteppingstoneError
from steppingstone.grading import usual_servers

try:
    from steppingstone.service.app import Bounds, application
    from steppingstone.service.desk import Desk
    from steppingstone.service.served import read
    from steppingstone.service.server import listen, serve
except ModuleNotFoundError as error:
    sys.exit(f"{error}; pip install 'steppingstone[service]' brings it")

SHORTEST_TOKEN = 16


def main(arguments: list[str] | None = None) -> int:
    """Serves until it is told to end; prints an error and returns 2 for what can't be served."""
    chosen = _parser().parse_args(arguments)
    try:
        _run(chosen)
    except SteppingstoneError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _run(chosen: argparse.Namespace) -> None:
    bounds, token = _bounds(chosen), _token(chosen.token_file)
    served = read(chosen.source, chosen.table)
    listener = listen(chosen.host, chosen.port, token)
    desk = Desk(chosen.workers or usual_servers(), chosen.queue)
    try:
        host, port, *_ = listener.getsockname()
        print(f"{len(served.problems)} problems of {served.source}, {desk.workers} workers", file=sys.stderr)
        print(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}", flush=True)
        serve(application(served, desk, token, bounds), listener)
    finally:
        desk.close()


def _bounds(chosen: argparse.Namespace) -> Bounds:
    if chosen.batch > chosen.queue:
        raise BadInput(f"--batch {chosen.batch} with --queue {chosen.queue}: such a batch would never find room")
    return Bounds(chosen.body_mb * 1_000_000, chosen.batch, chosen.completion_chars)


def _token(file: Path | None) -> str:
    try:
        token = file.read_text("utf-8").strip() if file else os.environ.get("STEPPINGSTONE_TOKEN", "")
    except (OSError, ValueError) as error:
        raise BadInput(f"--token-file {file} can't be read: {error}") from error
    if (file or token) and (len(token) < SHORTEST_TOKEN or not token.isascii() or len(token.split()) != 1):
        raise BadInput(f"a token is one word of at least {SHORTEST_TOKEN} ASCII characters; `openssl rand -hex 32` makes one")
    return token


def _parser() -> argparse.ArgumentParser:
    usual = Bounds()
    parser = argparse.ArgumentParser(prog="python -m steppingstone.service", description=__doc__)
    parser.add_argument("source", help="a data root, a version's folder or a Parquet file of problems")
    parser.add_argument("table", nargs="?", help="of a version: problems (the default), easy, medium, hard or curriculum_NAME")
    parser.add_argument(
        "--host", default="127.0.0.1", help="where to listen; beyond this machine only with a token (%(default)s)"
    )
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one (%(default)s)")
    parser.add_argument("--token-file", type=Path, metavar="FILE", help="holds the token to ask for; else $STEPPINGSTONE_TOKEN")
    bounds = parser.add_argument_group("bounds")
    bounds.add_argument(
        "--workers", type=_number, help="processes that run untrusted code: one a core, or $STEPPINGSTONE_SERVERS"
    )
    bounds.add_argument("--queue", type=_number, default=4_000, help="completions taken in at once; beyond, 503 (%(default)s)")
    bounds.add_argument("--batch", type=_number, default=usual.batch, help="completions of one batch (%(default)s)")
    bounds.add_argument("--body-mb", type=_number, default=usual.body // 1_000_000, help="megabytes of a request (%(default)s)")
    bounds.add_argument("--completion-chars", type=_number, default=usual.completion, help="of one completion (%(default)s)")
    return parser


def _number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text}: at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
