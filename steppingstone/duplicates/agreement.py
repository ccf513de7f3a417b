"""Whether two problems that answer the common inputs alike do so on their own inputs too."""

from steppingstone import behaviour
from steppingstone.duplicates.distinct import Agree, Traits
from steppingstone.environments import environment
from steppingstone.environments.base import FunctionEnvironment
from steppingstone.sandbox import Limits, Sandbox
from steppingstone.values import from_text


def agreement(sandbox: Sandbox) -> Agree:
    """Runs the functions of both problems on the inputs of both.

    Their inputs were chosen to bring out what they do, where the common ones may not reach: a rare branch, a large number.
    An environment that gives a behaviour but has no functions of ours is taken at its word. A pair is run once.
    """

    known: dict[tuple[str, str, str], bool] = {}

    def agree(one: Traits, other: Traits) -> bool:
        pair = (one.environment, one.content, other.content)
        if pair not in known:
            known[pair] = _agree(one, other, sandbox)
        return known[pair]

    return agree


def _agree(one: Traits, other: Traits, sandbox: Sandbox) -> bool:
    kind = environment(one.environment)
    if not isinstance(kind, FunctionEnvironment):
        return True
    inputs = [from_text(text) for text in (*one.inputs, *other.inputs)]
    return behaviour.agree((one.code, other.code), kind.functions, inputs, sandbox, Limits())
