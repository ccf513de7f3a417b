"""What holds for every environment: the prompts of the teacher, and environments of other packages."""

import subprocess
import sys
from pathlib import Path

import pytest

from steppingstone.environments import OWN, Basis, Real, Rejected, environment, known
from steppingstone.errors import BadInput
from steppingstone.records import Problem, Reason, Rejection, Seed, Steer
from steppingstone.settings import Settings
from steppingstone.templates import Templates

SEED = Seed("s", "corpus", "def twice(n):\n    return 2 * n", "repo:path#L1-L2")
PREVIOUS = Problem("p", "induction", "def f(x):\n    return x + 77", ("1", "2"), ("78", "79"), "a sum", "shown")


@pytest.mark.parametrize("name", OWN)
def test_the_first_prompt_holds_the_seed_and_the_rules(name: str) -> None:
    system, user = environment(name).teacher_prompt(Basis(Steer.FIRST, seed=SEED))
    assert f"# Environment: {name}" in system.content
    assert "```python" in system.content
    assert SEED.text in user.content


@pytest.mark.parametrize("steer", [Steer.HARDER, Steer.EASIER, Steer.VARY])
@pytest.mark.parametrize("name", OWN)
def test_a_later_prompt_holds_the_previous_problem_and_summary_and_not_the_seed(name: str, steer: Steer) -> None:
    _, user = environment(name).teacher_prompt(Basis(steer, seed=SEED, previous=PREVIOUS, summary="p was so and so"))
    assert "x + 77" in user.content
    assert "p was so and so" in user.content
    assert f"What to do: {steer}" in user.content
    assert SEED.text not in user.content


@pytest.mark.parametrize("name", OWN)
def test_a_repair_prompt_makes_the_request_again_with_the_reply_and_the_reason(name: str) -> None:
    rejected = Rejected("my broken reply", Rejection(Reason.TIMEOUT, "after 2 s"))
    _, user = environment(name).teacher_prompt(Basis(Steer.FIRST, seed=SEED, rejected=rejected))
    assert SEED.text in user.content
    assert "my broken reply" in user.content
    assert "Reason: timeout. after 2 s" in user.content


@pytest.mark.parametrize("name", OWN)
def test_a_problem_is_shown_to_the_teacher_in_the_format_of_its_own_reply(name: str) -> None:
    kind = environment(name)
    proposal = kind.parse(kind.show(PREVIOUS))  # type: ignore[attr-defined]
    assert not isinstance(proposal, Rejection)
    assert proposal.code == PREVIOUS.code


def test_an_unknown_environment_is_refused_with_the_known_names() -> None:
    with pytest.raises(BadInput, match="unknown environment 'inducktion'; known are induction, abduction, deduction, fuzzing"):
        environment("inducktion")


def test_our_four_are_known() -> None:
    assert known()[:4] == ("induction", "abduction", "deduction", "fuzzing")


def test_real_problems_have_an_environment_too_which_is_not_among_those_that_teachers_state_problems_for() -> None:
    assert isinstance(environment("real"), Real)
    assert "real" not in known()
    assert "real" not in Settings().environments


@pytest.mark.parametrize("name", [*OWN, "real"])
def test_a_students_template_is_in_the_digest_of_its_own_environment_alone(tmp_path: Path, name: str) -> None:
    ours = environment(name).templates
    (tmp_path / f"student_{name}.md").write_text(f"{ours.texts[f'student_{name}']} More.")
    changed = Templates(str(tmp_path))
    assert [each for each in (*OWN, "real") if changed.digest(each) != ours.digest(each)] == [name]


def test_an_installed_package_adds_an_environment_with_prompts_of_its_own(tmp_path: Path) -> None:
    package = tmp_path / "elsewhere"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from steppingstone.environments import Deduction\n"
        "class Translation(Deduction):\n    name = 'translation'\n    prompts = 'elsewhere'\n"
    )
    (package / "rules_translation.md").write_text("Rules of translation.")
    (package / "student_translation.md").write_text("Translate $code for $input.")
    info = tmp_path / "elsewhere-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: elsewhere\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[steppingstone.environments]\ntranslation = elsewhere:Translation\n")
    program = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
from steppingstone.environments import Basis, environment, known
from steppingstone.records import Seed, Steer
from steppingstone.sandbox import Sandbox
kind = environment("translation")
system, _ = kind.teacher_prompt(Basis(Steer.FIRST, seed=Seed("s", "corpus", "x", "here")))
fence = chr(96) * 3
proposal = kind.parse(fence + "python\\ndef f(x):\\n    return x * 3 + 1\\n" + fence + "\\n" + fence + "input\\n7\\n" + fence)
with Sandbox() as sandbox:
    problem = kind.prove(proposal, sandbox)
    (grade,) = kind.grade(problem, [fence + "answer\\n22\\n" + fence], sandbox)
print(known()[4], "Rules of translation." in system.content, repr(problem.statement), grade.verdict, sep="|")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == r"translation|True|'Translate def f(x):\n    return x * 3 + 1 for 7.'|solved"
