"""Every exception that this package raises on purpose.

    SteppingstoneError
    ├── BadInput               what the user gave cannot be used; nothing was started or lost
    ├── TableMismatch          rows or a file do not fit a table's declared schema
    ├── GateFailed             a table broke an expectation; nothing is published
    ├── CapReached             the tokens, money or time of a run are spent
    ├── Unforeseen             an exception that nobody expected, with its name: most likely a fault of ours
    └── InfrastructureError    a machine or server failed; worth a retry, never a reward
        ├── SandboxUnavailable
        ├── ModelServerError
        │   └── PromptRefused  the server will not answer this one prompt, however often it is asked
        │       └── ServerBroughtDown
        └── StorageError
            └── Overtaken      another run published first; to try the same again is no use

A candidate's failure (a wrong answer, a program that does not end) is no exception: it is a `Verdict` or a `Rejection`.
"""


class SteppingstoneError(Exception):
    """Base of all errors of this package."""


class BadInput(SteppingstoneError):
    """Settings, files or a server's address cannot be used. The message says what, which value, and what to do."""


class TableMismatch(SteppingstoneError):
    """Rows or a file do not fit a table's declared schema. The message names the table and the column."""


class GateFailed(SteppingstoneError):
    """A table broke an expectation that publishing depends on. The last published version stays as it was."""


class CapReached(SteppingstoneError):
    """What a run, or a part of it, may spend is spent. What was made until then is kept."""


class Unforeseen(SteppingstoneError):
    """A run ended by an exception that none of these is. The message names it, and the cause has its traceback."""


class InfrastructureError(SteppingstoneError):
    """Something beneath us failed, not the candidate. Retried by the caller; never becomes reward 0."""


class SandboxUnavailable(InfrastructureError):
    """The sandbox cannot start, or its server died while it held an execution."""


class ModelServerError(InfrastructureError):
    """A model server could not be reached, refused, or answered outside its protocol."""


class PromptRefused(ModelServerError):
    """The server calls this request bad: the prompt is longer than its context, say. Another prompt may fare better."""


class ServerBroughtDown(PromptRefused):
    """The servers failed at each try of this request and answered others meanwhile. The fault may be one sample's alone."""


class StorageError(InfrastructureError):
    """The data root or the journal is full or can't be used, or another process is publishing. Nothing was published."""


class Overtaken(StorageError):
    """Another version was published since this run took the latest one for its base."""
