"""`python -m steppingstone.offline`: starts the offline models' server and prints its URL on one line."""

import argparse

from steppingstone.offline.server import serve


def main() -> None:
    """Reads the options and serves until the process is told to end."""
    parser = argparse.ArgumentParser(prog="python -m steppingstone.offline", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one")
    parser.add_argument("--workers", type=int, default=2, help="processes that compute replies")
    parser.add_argument("--api-key", default="", help="if set, requests must bear this key")
    parser.add_argument("--parent-pid", type=int, default=0, help="end when the process with this id ends")
    options = parser.parse_args()
    if options.workers < 1:
        parser.error(f"--workers {options.workers}: at least 1")
    serve(options.host, options.port, options.workers, options.api_key, options.parent_pid)


if __name__ == "__main__":
    main()
