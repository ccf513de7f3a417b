"""Names of the standard modules that every server holds."""

BARE = """
    __future__ _strptime abc array ast atexit base64 binascii bisect builtins calendar cmath codecs collections
    collections.abc contextlib contextvars copy csv dataclasses datetime decimal difflib enum errno fnmatch fractions
    functools gc graphlib hashlib heapq html inspect io itertools json keyword locale logging math numbers operator os
    os.path pickle pprint queue random re reprlib shlex signal statistics string struct sys textwrap threading time traceback
    types typing unicodedata unittest urllib.parse uuid warnings weakref zlib
"""
