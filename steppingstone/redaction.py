"""Secrets, kept out of what is logged and stored: keys in the environment, and user and password in an address."""

import os
import re
from collections.abc import Iterable

HIDDEN = "***"
LEAST = 8
"""Shorter values are taken for no secret: they would be found in many a word."""
_SECRET_NAMES = ("KEY", "TOKEN", "SECRET", "PASSWORD", "AUTH_STRING")
_CREDENTIALS = re.compile(r"""(?<=://)[^/\s"'<>]+@""")


def redacted(text: str, secrets: Iterable[str] | None = None) -> str:
    """The text without the secrets (those in the environment, if none are given) and without credentials in addresses."""
    for secret in secrets_of_environment() if secrets is None else secrets:
        if len(secret) >= LEAST:
            text = text.replace(secret, HIDDEN)
    return _CREDENTIALS.sub(f"{HIDDEN}@", text)


def holds_credentials(address: str) -> bool:
    """Whether a user or a password stands in an address."""
    return bool(_CREDENTIALS.search(address))


def secrets_of_environment() -> set[str]:
    """The values of variables whose names end as those of keys and passwords do."""
    return {value.strip() for name, value in os.environ.items() if name.upper().endswith(_SECRET_NAMES)}
