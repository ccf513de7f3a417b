"""Uses whatever network modules can be imported: sockets, HTTP, name look-up, mail, asyncio.
Seen: sandbox.md, "network"; AZR's ban of modules by dotted name never matches.
"""

from steppingstone.sandbox import Limits
from tests.sandbox.attacks.arena.attack import Program


def source(scene) -> str:
    return f"""
def tcp():
    import socket
    return socket.create_connection(("127.0.0.1", {scene.tcp_port}), 1)
def udp():
    import socket
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", {scene.udp_port}))
def web():
    import urllib.request
    return urllib.request.urlopen("http://127.0.0.1:{scene.tcp_port}/", timeout=1)
def names():
    import socket
    return socket.gethostbyname("localhost")
def loop():
    import asyncio
    return asyncio.run(asyncio.open_connection("127.0.0.1", {scene.tcp_port}))
def pair():
    import socket
    return socket.socketpair()
def f(n):
    [tcp, udp, web, names, loop, pair][n]()
    return n
"""


ATTACK = Program(source=source, ends="exception", inputs=[[n] for n in range(6)], limits=Limits(seconds=5))
