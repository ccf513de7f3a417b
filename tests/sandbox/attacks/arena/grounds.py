"""Where the attacks are run: each policy of the sandbox, and each kind of server under its default one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ground:
    """A policy by name, and what routes a program to one kind of server: the router reads text, comments too."""

    policy: str
    route: str = ""


GROUNDS = {
    "bare": Ground("default"),
    "stdlib": Ground("default", "\n# import sqlite3"),
    "numpy": Ground("default", "\n# import numpy"),
    "strict": Ground("strict"),
    "best_effort": Ground("best_effort"),
}
