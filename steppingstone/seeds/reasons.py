"""Why a document gives no seed: the closed list behind a draw's counts."""

from enum import StrEnum


class PassedOver(StrEnum):
    """One reason a document, in the order in which they are looked for."""

    BROKEN_RECORD = "broken_record"  # a line that is no JSON object
    UNREADABLE = "unreadable"  # a file of a source tree that cannot be opened
    NOT_SOLVED = "not_solved"  # no attempt at the problem reached the reward
    SAME_PROBLEM = "same_problem"  # another source gave a seed for this problem
    NO_CODE_BLOCK = "no_code_block"  # a solved completion without a fenced block
    NOT_TEXT = "not_text"  # neither text nor null, or bytes in no known encoding
    EMPTY = "empty"  # null, blank, or nothing but the dataset's markers
    TOO_SHORT = "too_short"
    TOO_LARGE = "too_large"
    GENERATED = "generated"
    DOES_NOT_PARSE = "does_not_parse"  # Python 2, templates, cut files
    LONG_LINES = "long_lines"
    SECRET = "secret"
    LICENSE_HEADER = "license_header"
    COMMENTS_ONLY = "comments_only"
    IMPORTS_ONLY = "imports_only"
    DATA_BLOB = "data_blob"
    LITTLE_LOGIC = "little_logic"
    DUPLICATE = "duplicate"  # a document of the same text was drawn before
    NEAR_DUPLICATE = "near_duplicate"  # a document, or a snippet, that is nearly the same was drawn before
    CONTAMINATED = "contaminated"  # the lines drawn hold an evaluation problem
