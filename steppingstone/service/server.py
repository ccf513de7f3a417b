"""The server process: it listens, serves, and ends in good order."""

import asyncio
import ipaddress
import resource
import signal
import socket
import sys

import uvicorn
from starlette.types import ASGIApp

from steppingstone.errors import BadInput

BACKLOG = 2048
GRACE_S = 60
"""What is in flight at a stop has so long."""
KEPT_OPEN_S = 75


def listen(host: str, port: int, token: str) -> socket.socket:
    """Raises `BadInput` where that can't be, and for an address that others reach where no token is asked for."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        if not token and not ipaddress.ip_address(address[0]).is_loopback:
            raise BadInput(f"{host} can be reached from other machines: name a token by --token-file or STEPPINGSTONE_TOKEN")
        listener = socket.create_server((address[0], port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError) as error:
        raise BadInput(f"can't listen on {host}, port {port}: {error}") from error
    # As asyncio does for its own sockets. Else each answer's body waits 40 ms for its head to be acknowledged.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def serve(app: ASGIApp, listener: socket.socket) -> None:
    """Serves until SIGTERM or SIGINT, answers what is in flight then, and ends the process."""
    # Uvicorn raises the signal again after its shutdown.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    config = uvicorn.Config(
        app,
        log_level="error",
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        limit_concurrency=_connections(),
        timeout_keep_alive=KEPT_OPEN_S,
        timeout_graceful_shutdown=GRACE_S,
    )
    asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))


def _connections() -> int:
    """Half of the descriptors that this process may have: the sandbox must never lack one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 65_536), most))
    return min(most, 65_536) // 2
