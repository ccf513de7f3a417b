"""`python -m steppingstone.offline`: starts the offline models' server and prints its URL on one line.

It can misbehave on purpose, and serve prepared answers at a fixed latency: to see how a client bears faults and load.
`GET /stats` tells what was served: requests, completions, busy slot-seconds, requests in flight now and at most, faults.
"""

import argparse
import functools
import sys

try:
    from steppingstone.offline import faults
    from steppingstone.offline.conduct import Conduct
    from steppingstone.offline.prepared import Answers
    from steppingstone.offline.server import serve
    from steppingstone.offline.workers import Workers
except ModuleNotFoundError as error:
    sys.exit(f"{error}; pip install 'steppingstone[offline]' brings it")


def main() -> None:
    """Reads the options and serves until the process is told to end."""
    parser = argparse.ArgumentParser(
        prog="python -m steppingstone.offline",
        description=__doc__,
        epilog=faults.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one")
    parser.add_argument("--workers", type=int, default=2, help="processes that compute replies")
    parser.add_argument("--api-key", default="", help="if set, requests must bear this key")
    parser.add_argument("--parent-pid", type=int, default=0, help="end when the process with this id ends")
    parser.add_argument("--fault", action="append", default=[], metavar="KIND=RATE", help="meet this share of requests so")
    parser.add_argument("--fault-seed", type=int, default=0, help="another number: other requests meet them")
    parser.add_argument("--latency", type=float, default=0.0, metavar="SECONDS", help="time that each request takes")
    parser.add_argument("--slots", type=int, metavar="N", help="most requests served at once; others wait for their turn")
    parser.add_argument("--single", action="store_true", help="give one choice a request, whatever n says")
    parser.add_argument("--answers", metavar="FILE", help="JSON of {model: [text, …]}, served in place of computed replies")
    options = parser.parse_args()
    if options.workers < 1:
        parser.error(f"--workers {options.workers}: at least 1")
    if options.latency < 0:
        parser.error(f"--latency {options.latency:g}: not below 0")
    if options.slots is not None and options.slots < 1:
        parser.error(f"--slots {options.slots}: at least 1")
    try:
        rates = dict(map(_rate, options.fault))
        source = functools.partial(Workers, options.workers) if options.answers is None else Answers(options.answers).begin
        conduct = Conduct(
            source, faults.Faults(rates, options.fault_seed), options.latency, options.slots, options.api_key, options.single
        )
    except ValueError as error:
        parser.error(str(error))
    serve(options.host, options.port, conduct, options.parent_pid)


def _rate(text: str) -> tuple[str, float]:
    kind, _, rate = text.partition("=")
    try:
        return kind, float(rate)
    except ValueError:
        raise ValueError(f"--fault {text}: give KIND=RATE, such as error-500=0.1") from None


if __name__ == "__main__":
    main()
