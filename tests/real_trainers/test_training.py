"""A tiny model, really trained: it learns what can be learned, a training that was killed goes on, and the loop is closed.

The loop wants a real model server, and is left out unless SERVERS_PYTHON names the Python of `make test-servers`.
"""

import json
import os
import subprocess
import time
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from steppingstone.drafts import read_table
from steppingstone.exports.__main__ import export
from steppingstone.sandbox import Sandbox
from steppingstone.training import measures, plan
from steppingstone.training.measures import ALL, Measures
from steppingstone.training.plan import Plan
from steppingstone.versions import Version, manifest_of, numbered
from tests.flows.running import Run, finished, marked, started
from tests.real_trainers.conftest import QUIET, ROOT, TRAINERS
from tests.real_trainers.toy import publish_toy

PYTHON = str(Path(TRAINERS) / "trl" / "bin" / "python")
STEPS, KILLED_AT, PROBLEMS = 30, 13, 64
TRL = {"use_cpu": True, "bf16": False}
SERVERS_PYTHON = os.environ.get("SERVERS_PYTHON", "")
SERVE = [str(Path(SERVERS_PYTHON).parent / "vllm"), "serve", "{model}", "--host", "127.0.0.1", "--port", "{port}"]
# As tests/real_servers has it: vLLM 0.32.0 dies on a CPU of a prompt that is prefilled in parts under a seed.
FOR_A_CPU = ["--enforce-eager", "--no-enable-chunked-prefill", "--max-num-batched-tokens", "32768", "--max-model-len", "16384"]
ON_A_CPU = {"VLLM_TARGET_DEVICE": "cpu", "VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_NO_USAGE_STATS": "1"}
TRAIN = {
    "groups": "4",
    "at_once": "32",
    "max_tokens": "24",
    "learning_rate": "1e-3",
    "steps": "3",
    "curriculum": "curriculum_mixed",
}
GENERATE = {"environments": '["deduction"]', "seeds.count": "3", "generation.rounds": "2", "generation.attempts": "8"}
REST = {"loop.rounds": "2", "curricula": '{"mixed": {"kind": "uniform"}}', "gates.imbalance": "1", "random_seed": "0"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Path:
    root = tmp_path_factory.mktemp("toy") / "data"
    publish_toy(root, sandbox, PROBLEMS)
    return root


@pytest.fixture(scope="module")
def policy(data: Path, tiny_model: Path) -> Path:
    """A tiny model that was taught the form of an answer."""
    folder, warm = tiny_model.parent, ROOT / "tests" / "real_trainers" / "warm.py"
    (problems,) = export("trl", str(data), "curriculum_mixed", folder / "problems")
    subprocess.run([PYTHON, warm, tiny_model, problems, folder / "warm"], env=os.environ | QUIET, check=True)
    return folder / "warm"


@pytest.fixture(scope="module")
def planned(policy: Path) -> Plan:
    weights = {"easy": 1.0, "medium": 1.0}
    return Plan(str(policy), 1, "curriculum_mixed", 8, 8, 32, 24, 1e-3, 0, STEPS, 5, 2, weights, True, TRL)


def trained(folder: Path, data: Path, planned: Plan) -> subprocess.CompletedProcess[str]:
    """What the trainer alone does by a plan."""
    export("trl", str(data), planned.table, folder / plan.PROBLEMS)
    command = [PYTHON, "-m", "steppingstone.training", str(plan.write(folder, planned))]
    return subprocess.run(command, env=os.environ | QUIET, capture_output=True, text=True)


@pytest.fixture(scope="module")
def undisturbed_training(tmp_path_factory: pytest.TempPathFactory, data: Path, planned: Plan) -> Path:
    folder = tmp_path_factory.mktemp("undisturbed")
    done = trained(folder, data, planned)
    assert done.returncode == 0, done.stderr[-5000:]
    return folder


@pytest.fixture(scope="module")
def killed_and_resumed(data: Path, planned: Plan) -> Run:
    """The same training as a user runs it, by a command that is killed in mid-training and given again."""
    given = {name: value for name in Plan.__slots__ if (value := getattr(planned, name)) is not None}
    given |= {"curriculum": given.pop("table"), "python": PYTHON, "by_reward": "true"}
    del given["version"], given["seed"]
    options = [word for name, value in given.items() for word in (f"--train.{name}", told(value))]
    with started(data, *options, flow="train", env=QUIET) as (process, mark):
        metrics = data / "training" / "policy" / plan.METRICS
        until(lambda: any(row.step >= KILLED_AT for row in measures.last_step(metrics)), process)
        process.kill()
        until(lambda: not marked(mark))
    return finished(data, *options, flow="train", env=QUIET)


def told(value: object) -> str:
    return json.dumps(value) if isinstance(value, dict) else str(value)


def until(there: Callable[[], bool], process: subprocess.Popen[str] | None = None) -> None:
    deadline = time.monotonic() + 240
    while not there():
        assert time.monotonic() < deadline
        assert process is None or process.poll() is None, process.communicate()[0]
        time.sleep(0.2)


def of(folder: Path, tier: str) -> list[Measures]:
    return [row for row in measures.read(folder / plan.METRICS) if row.tier == tier]


def mean_reward(rows: list[Measures]) -> float:
    return sum(row.reward or 0 for row in rows) / len(rows)


def test_the_reward_rises_on_the_tier_that_can_be_learned_and_on_no_other(undisturbed_training: Path) -> None:
    easy = of(undisturbed_training, "easy")
    assert mean_reward(easy[-5:]) > 0.6 > 0.3 > mean_reward(easy[:5])
    assert mean_reward(of(undisturbed_training, "medium")) < 0.05
    assert (undisturbed_training / plan.MODEL / "model.safetensors").exists()


def test_what_is_measured_is_what_trl_says_of_all_together(undisturbed_training: Path) -> None:
    newest = max(undisturbed_training.glob("checkpoints/checkpoint-*"), key=lambda path: int(path.name.split("-")[1]))
    said = [row for row in json.loads((newest / "trainer_state.json").read_text())["log_history"] if "reward" in row]
    for row, trl in zip(of(undisturbed_training, ALL), said, strict=True):
        assert row.reward == pytest.approx(trl["reward"])
        assert row.without_signal == pytest.approx(trl["frac_reward_zero_std"])
        # TRL has the mean of its batches' means.
        assert row.entropy == pytest.approx(trl["entropy"], rel=0.1)
        assert row.tokens == pytest.approx(trl["completions/mean_length"])


def test_the_weights_go_where_the_signal_is(undisturbed_training: Path) -> None:
    groups = [sum(row.groups for row in of(undisturbed_training, tier)[-10:]) for tier in ("easy", "medium")]
    assert groups[0] > 2 * groups[1]


def test_a_killed_training_goes_on_as_if_nothing_had_been(killed_and_resumed: Run, undisturbed_training: Path) -> None:
    assert killed_and_resumed.code == 0, killed_and_resumed.printed
    folder = killed_and_resumed.data / "training" / "policy"
    assert [row.step for row in of(folder, ALL)] == list(range(1, STEPS + 1))
    assert (folder / plan.METRICS).read_text() == (undisturbed_training / plan.METRICS).read_text()
    assert f"{STEPS} steps are trained: the reward was" in killed_and_resumed.printed


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"trl": TRL | {"gpo": 1}}, "train.trl: TRL's GRPOConfig does not take it"),
        ({"model": "nobody/nothing"}, "train.model 'nobody/nothing' can't be read"),
    ],
)
def test_what_the_trainer_can_not_use_is_said_in_the_last_line(
    wrong: dict[str, object], said: str, tmp_path: Path, data: Path, planned: Plan
) -> None:
    done = trained(tmp_path, data, replace(planned, **wrong))
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(said)


def test_trl_has_all_the_settings_that_the_presets_give_it() -> None:
    presets = [tomllib.loads(path.read_text("utf-8")) for path in (ROOT / "infra" / "training").glob("*.toml")]
    given = {name for preset in presets for name in preset["train"]["trl"]}
    program = "from trl import GRPOConfig; print(*GRPOConfig.__dataclass_fields__)"
    known = subprocess.run([PYTHON, "-c", program], env=os.environ | QUIET, capture_output=True, text=True, check=True)
    assert len(presets) == 4
    assert given <= set(known.stdout.split())


@pytest.fixture(scope="module")
def looped(undisturbed_training: Path, tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Run:
    if not SERVERS_PYTHON:
        pytest.skip("SERVERS_PYTHON names no Python of the model servers")
    data = tmp_path_factory.mktemp("loop") / "data"
    publish_toy(data, sandbox, 12)
    train = TRAIN | {"model": str(undisturbed_training / plan.MODEL), "python": PYTHON, "trl": json.dumps(TRL)}
    given = GENERATE | REST | {"loop.serve": json.dumps(SERVE + FOR_A_CPU)} | {f"train.{name}": train[name] for name in train}
    run = finished(data, *(word for name in given for word in (f"--{name}", given[name])), flow="loop", env=QUIET | ON_A_CPU)
    assert run.code == 0, run.printed
    return run


def version(run: Run, number: int) -> Version:
    return numbered(run.data, number)


def rows(run: Run, number: int, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read_table(version(run, number).folder, table).to_pylist()
    return found


def trained_in(run: Run, number: int) -> Path:
    return run.data / "training" / f"policy-{number}"


def test_each_round_publishes_a_regrade_by_its_policy_and_then_what_that_was_the_student_of(looped: Run) -> None:
    assert [manifest_of(version(looped, number))["kind"] for number in range(2, 6)] == ["regrade", "nightly"] * 2
    for number, trained in ((3, 1), (5, 2)):
        assert {row["student_model"] for row in rows(looped, number, "problems")} == {
            str(trained_in(looped, trained) / plan.MODEL)
        }
    assert len(rows(looped, 5, "problems")) > len(rows(looped, 2, "problems"))


def test_the_tiers_are_those_of_the_policy_and_the_next_round_trains_on_them(looped: Run) -> None:
    learned = {row["problem_id"] for row in rows(looped, 3, "problems") if row["tier"] in ("easy", "medium", "hard")}
    second = plan.read(trained_in(looped, 2) / plan.FILE)
    assert (second.version, second.model) == (3, str(trained_in(looped, 1) / plan.MODEL))
    # What no policy of this size learns has left the curriculum.
    assert 4 <= len(learned) <= 12
    assert measures.read(trained_in(looped, 2) / plan.METRICS)[0].reward > 0.3
