import ast
from random import Random

import pytest

from steppingstone.environments import Basis, environment
from steppingstone.environments.base import Rejected
from steppingstone.offline.teacher import reply
from steppingstone.offline.teacher.harvest import harvest
from steppingstone.offline.teacher.program import read_program
from steppingstone.records import Problem, Proposal, Reason, Rejection, Seed, Steer

SEED = """        return first

    def shorten(name, width):
        \"\"\"Cut a name to a width.\"\"\"
        if len(name) > width:
            return name[:width - 1] + '+'
        return name

    def run(self, path):
        for part in self.parts:
            if part.strip().lower() == 'stone':
                self.count = (self.count * 17 + len(part)) % 211
"""
NAMES = ("induction", "abduction", "deduction", "fuzzing")
CODE = """def f(x):
    numbers = x
    numbers = [n * 3 + 7 for n in numbers]
    numbers = sorted(numbers)
    numbers = [n % 5 for n in numbers]
    number = sum(numbers) + 4
    return number"""


def proposed(name: str, basis: Basis, seed: int = 1) -> Proposal:
    kind = environment(name)
    text = reply([(message.role, message.content) for message in kind.teacher_prompt(basis)], Random(f"{seed} {basis}"))
    proposal = kind.parse(text)
    assert isinstance(proposal, Proposal), text
    return proposal


def first(name: str, seed: int = 1, text: str = SEED) -> Proposal:
    return proposed(name, Basis(Steer.FIRST, seed=Seed("s", "corpus", text, "here")), seed)


def following(steer: Steer, rate: str, seed: int, name: str = "deduction") -> Proposal:
    problem = Problem("p", name, CODE, ("[5, 12, 9, 31, 2, 8]",), ("18",), "", "")
    summary = f"Pass rate p = {rate}: {round(float(rate) * 32)} of 32 graded attempts solved it."
    return proposed(name, Basis(steer, previous=problem, summary=summary), seed)


def cost(code: str) -> int:
    return read_program(code, "f", "numbers").cost


@pytest.mark.parametrize("name", NAMES)
def test_every_reply_is_a_proposal_of_its_environment(name):
    assert all(first(name, seed).environment == name for seed in range(20))


def test_a_function_of_the_seed_appears_in_a_proposal():
    assert any("name[:width - 1] + '+'" in first("deduction", seed).code for seed in range(10))


def test_an_expression_of_the_seed_appears_in_a_proposal():
    assert any("* 17 + len(" in first("abduction", seed).code for seed in range(30))


def test_a_function_is_found_in_a_snippet_cut_in_the_middle():
    assert [piece.name for piece in harvest(SEED).functions] == ["shorten"]


@pytest.mark.parametrize("text", ["", "{{{{", "def f(", "    return", "a = 'unclosed", "\x00", "lambda: (yield)"])
def test_a_snippet_that_gives_nothing_still_gets_a_proposal(text):
    assert first("deduction", text=text).code


def test_different_seeds_give_different_problems():
    texts = [SEED.replace("17", str(number)).replace("shorten", f"shorten{number}") for number in range(20, 50)]
    assert len({first("deduction", 1, text).code for text in texts}) >= 29


@pytest.mark.parametrize("steer", [Steer.HARDER, Steer.EASIER, Steer.VARY])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("given", ["('ab', [1, {}], None)", "-3.5", "[[1], 'x']", "{1: 2}", "[]"])
def test_a_previous_problem_of_another_teacher_gets_a_proposal(name, steer, given):
    code = "def f(x):\n    return (x, 1)\n\ndef test(x):\n    assert x\n\ndef is_valid(x):\n    return True"
    problem = Problem("p", name, code, (given, "1"), ("1",), "a hint", "")
    if name in ("abduction", "deduction"):
        problem = Problem("p", name, code, (given,), ("1",), "", "")
    assert proposed(name, Basis(steer, previous=problem, summary="Pass rate p = 0.4")).code


def test_harder_adds_to_the_program():
    costs = [cost(following(Steer.HARDER, "0.9", seed).code) for seed in range(20)]
    assert min(costs) >= cost(CODE)
    assert sum(costs) / 20 > cost(CODE) + 2


def test_easier_takes_away_from_the_program():
    assert all(cost(following(Steer.EASIER, "0.0", seed).code) < cost(CODE) for seed in range(20))


def test_easier_makes_the_input_smaller():
    assert all(len(following(Steer.EASIER, "0.0", seed).inputs[0]) < len("[5, 12, 9, 31, 2, 8]") for seed in range(20))


def test_vary_changes_the_program_and_keeps_about_its_cost():
    for seed in range(20):
        varied = following(Steer.VARY, "0.4", seed).code
        assert varied != CODE
        assert abs(cost(varied) - cost(CODE)) <= 2


def test_a_repair_takes_another_piece_of_the_seed():
    seed, rejection = Seed("s", "corpus", SEED, "here"), Rejection(Reason.EXCEPTION, "TypeError")
    rejected = "```python\n" + "def shorten(name, width):\n    return name\n" + "```"
    basis = Basis(Steer.FIRST, seed=seed, rejected=Rejected(rejected, rejection))
    assert all("def shorten(" not in proposed("deduction", basis, number).code for number in range(20))


def test_induction_gives_ten_distinct_inputs():
    assert min(len({*first("induction", seed).inputs}) for seed in range(20)) >= 10


def test_fuzzing_plants_its_fault_in_f_alone():
    tree = ast.parse(first("fuzzing").code)
    bodies = {node.name: ast.unparse(node) for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert "assert f(x) ==" in bodies["test"]
    assert bodies["is_valid"].count("return") == 1


def test_inputs_of_every_kind_occur():
    kinds = {type(ast.literal_eval(first(name, seed).inputs[0])) for name in NAMES for seed in range(40)}
    assert kinds >= {int, str, list, tuple, dict}
