"""Names of a journal's files."""

import re
import socket
import time
import uuid

SUFFIX = ".jsonl"


def host() -> str:
    """This machine's name, as a file name can hold it."""
    return re.sub(r"[^\w.]", "_", socket.gethostname(), flags=re.ASCII) or "localhost"


def segment_name() -> str:
    """A name that no other segment has, and that sorts after those of earlier seconds."""
    return f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{host()}-{uuid.uuid4().hex[:12]}{SUFFIX}"
