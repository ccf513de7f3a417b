"""The settings of a run: one pydantic model, which Prefect's UI shows as a form. Everything below gets plain values."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, get_args
from urllib.parse import urlsplit

from steppingstone.extras import brought_by
from steppingstone.redaction import holds_credentials, redacted
from steppingstone.storage import is_address

with brought_by("generation"):
    from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetJsonSchemaHandler, field_validator, model_validator
    from pydantic.json_schema import JsonSchemaValue, WithJsonSchema
    from pydantic_core import CoreSchema

Environments = tuple[str, ...]
Share = Annotated[float, Field(ge=0, le=1)]
Address = Annotated[str, WithJsonSchema({"type": "string", "pattern": "^https?://[^/@?#][^@?#]*$"})]
"""Of a model server. The schema has Prefect's UI refuse one with a password before it stores it."""


_BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
    "minItems": "at least {} of them",
}


class _Section(BaseModel):
    # A run form calls a setting what files and options call it. An error must not repeat what may be a secret; the command
    # line says the value itself, without it.
    model_config = ConfigDict(
        frozen=True, extra="forbid", field_title_generator=lambda name, _: name, hide_input_in_errors=True
    )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The schema of a run form, in which each description ends with its bounds: the form's fields do not show them."""
        made = handler(schema)
        for each in handler.resolve_ref_schema(made).get("properties", {}).values():
            bounded = each["anyOf"][0] if "anyOf" in each else each
            if bounds := [told.format(bounded[bound]) for bound, told in _BOUNDS.items() if bound in bounded]:
                each["description"] = f"{each['description']} ({', '.join(bounds)})"
        return made

    @model_validator(mode="after")
    def _without_credentials(self) -> Self:
        """Settings stand in the manifest of each version, and in Prefect's database."""
        for name, value in self:
            texts = [value] if isinstance(value, str) else value if isinstance(value, tuple) else ()
            if any(isinstance(text, str) and holds_credentials(text) for text in texts):
                raise ValueError(
                    f"{name}: an address in the settings may hold no user and no password, for settings are stored with each "
                    "version; give a model's key in the environment variable of api_key_env"
                )
        return self


def _is_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        plain = not (parts.query or parts.fragment)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0) and plain
    except ValueError:
        return False


class CorpusSettings(_Section):
    """A code corpus: Parquet or JSONL files in starcoderdata's schema, or plain source trees."""

    paths: tuple[str, ...] = Field(default=(), description="Files, globs, directories, hf:// or s3:// addresses")
    text_column: str = Field(default="content", description="Column of the source text")
    repo_column: str = Field(default="max_stars_repo_name", description="Column of the repository's name")
    path_column: str = Field(default="max_stars_repo_path", description="Column of the path inside the repository")
    id_column: str = Field(default="id", description="Column of the document's id")


class RolloutSettings(_Section):
    """Rollout logs, of which the solved attempts give their code."""

    paths: tuple[str, ...] = Field(default=(), description="JSONL or Parquet files, globs or directories")
    problem_column: str = Field(default="problem_id", description="Column of the problem's id")
    completion_column: str = Field(default="completion", description="Column of the completion in markdown")
    reward_column: str = Field(default="reward", description="Column of the reward")
    solved_at: float = Field(default=1.0, description="Least reward that counts as solved")


class ReferenceSettings(_Section):
    """Problem sets with reference solutions."""

    paths: tuple[str, ...] = Field(default=(), description="JSONL or Parquet files, globs or directories")
    problem_column: str = Field(default="problem_id", description="Column of the problem's id")
    solution_column: str = Field(default="solution", description="Column of the reference solution")
    license_column: str | None = Field(default="license", description="Column of the licence; null if there is none")


class SeedSettings(_Section):
    """Where seeds come from. With no paths anywhere: this machine's standard library and our own solved problems."""

    count: int = Field(default=24, ge=1, le=1_000_000, description="Seeds to draw; each goes through every environment")
    min_lines: int = Field(default=25, ge=1, le=1000, description="Fewest lines of a corpus seed")
    max_lines: int = Field(default=50, ge=1, le=1000, description="Most lines of a corpus seed")
    corpus: CorpusSettings = Field(default=CorpusSettings(), description="A code corpus")
    rollouts: RolloutSettings = Field(default=RolloutSettings(), description="Rollout logs of an earlier training")
    references: ReferenceSettings = Field(default=ReferenceSettings(), description="Problems with reference solutions")

    @model_validator(mode="after")
    def _ordered(self) -> "SeedSettings":
        if self.min_lines > self.max_lines:
            raise ValueError(f"min_lines {self.min_lines} is more than max_lines {self.max_lines}")
        return self


class PriceSettings(_Section):
    """What a model's tokens cost, in US dollars a million. Reasoning is billed as completion."""

    prompt: float = Field(default=0.0, ge=0, description="Dollars a million prompt tokens that no cache held")
    cached: float = Field(default=0.0, ge=0, description="Dollars a million prompt tokens that the server's cache held")
    completion: float = Field(default=0.0, ge=0, description="Dollars a million completion tokens, reasoning included")

    def dollars(self, prompt: int, cached: int, completion: int) -> float:
        """What so many tokens cost; `cached` are part of `prompt`."""
        return ((prompt - cached) * self.prompt + cached * self.cached + completion * self.completion) / 1e6


class ModelSettings(_Section):
    """One model behind one or several OpenAI-compatible servers, and how it is sampled."""

    role: ClassVar[str] = "model"
    base_urls: tuple[Address, ...] = Field(
        default=(), description="Addresses of its servers, each up to and with /v1; none: the offline models"
    )
    model: str = Field(description="Model name as the server lists it")
    revision: str = Field(default="", description="Another one asks anew: set it when the weights behind the name change")
    api_key_env: str = Field(default="OPENAI_API_KEY", description="Environment variable that holds the key")
    reasoning_effort: Literal["low", "medium", "high"] | None = Field(default=None, description="Sent if not null")
    temperature: float = Field(default=1.0, ge=0, le=2, description="Sampling temperature")
    top_p: float = Field(default=1.0, gt=0, le=1, description="Nucleus sampling")
    max_tokens: int = Field(default=16_384, ge=1, description="Most tokens of one reply, reasoning included")
    timeout_s: float = Field(default=900.0, gt=0, description="Seconds to wait for one reply")
    patience_s: float = Field(
        default=600.0, ge=0, description="Seconds over which a request that servers fail is tried again before the run stops"
    )
    prices: PriceSettings = Field(default=PriceSettings(), description="What its tokens cost")

    @field_validator("base_urls")
    @classmethod
    def _addresses(cls, addresses: tuple[str, ...]) -> tuple[str, ...]:
        for address in addresses:
            if not _is_address(address):
                raise ValueError(f"{redacted(address)!r} is no address such as http://localhost:8000/v1")
        if len(set(addresses)) < len(addresses):
            raise ValueError("each address can stand there once")
        return addresses

    def sampling(self) -> dict[str, object]:
        """How it is sampled, as the protocol's parameters."""
        sampling: dict[str, object] = {"temperature": self.temperature, "top_p": self.top_p}
        return sampling if self.reasoning_effort is None else sampling | {"reasoning_effort": self.reasoning_effort}


class TeacherSettings(ModelSettings):
    """The model that states the problems."""

    role: ClassVar[str] = "teacher"
    model: str = Field(default="offline-teacher", description="Model name as the server lists it")
    reasoning_effort: Literal["low", "medium", "high"] | None = Field(default="high", description="Sent if not null")


class StudentSettings(ModelSettings):
    """The model that attempts the problems."""

    role: ClassVar[str] = "student"
    model: str = Field(default="offline-student", description="Model name as the server lists it")
    reasoning_effort: Literal["low", "medium", "high"] | None = Field(default="low", description="Sent if not null")


class GenerationSettings(_Section):
    """The rounds of a chain, and how many chains go at once."""

    rounds: int = Field(default=6, ge=1, le=20, description="Rounds a chain")
    attempts: int = Field(default=32, ge=1, le=1024, description="Student attempts a problem (M)")
    harder_above: Share = Field(
        default=0.65, description="A pass rate above this asks for a harder problem; 0 asks for an easier one"
    )
    requests_in_flight: int = Field(default=64, ge=1, le=100_000, description="Most requests at once, over all workers")
    stop_confidence: float | None = Field(
        default=None,
        gt=0.5,
        lt=1,
        description="Attempts stop once tier and steer of all M are this certain; null: always M attempts",
    )
    attempts_step: int = Field(default=4, ge=1, description="Attempts asked for at once where they may stop early")


class TargetSettings(_Section):
    """How many kept problems one environment is to have; where there is no number, as many as come."""

    easy: int | None = Field(default=None, ge=0, description="Kept easy problems")
    medium: int | None = Field(default=None, ge=0, description="Kept medium problems")
    hard: int | None = Field(default=None, ge=0, description="Kept hard problems")
    total: int | None = Field(default=None, ge=0, description="Kept problems of all three tiers together")

    @model_validator(mode="after")
    def _sensible(self) -> "TargetSettings":
        counts = [self.easy or 0, self.medium or 0, self.hard or 0]
        if self.total is None and not any(count is not None for count in (self.easy, self.medium, self.hard)):
            raise ValueError("name at least one of easy, medium, hard and total")
        if self.total is not None and sum(counts) > self.total:
            raise ValueError(f"easy, medium and hard together are {sum(counts)}, more than the total {self.total}")
        return self


class CapSettings(_Section):
    """What a run may spend. Reused completions cost nothing."""

    tokens: int | None = Field(default=None, ge=0, description="Tokens, prompts and completions of both models; null: no cap")
    dollars: float | None = Field(default=None, ge=0, description="Dollars by the models' prices; null: no cap")
    hours: float | None = Field(default=None, ge=0, description="Hours of generation; null: no cap")


class TierSettings(_Section):
    """Where the tiers end, by pass rate. p = 0 is unsolved and p = 1 trivial."""

    hard_max: Share = Field(default=0.25, description="hard: 0 < p ≤ this")
    medium_max: Share = Field(default=0.65, description="medium: hard_max < p ≤ this; easy: above, below 1")

    @model_validator(mode="after")
    def _ordered(self) -> "TierSettings":
        if self.hard_max > self.medium_max:
            raise ValueError(f"hard_max {self.hard_max} is more than medium_max {self.medium_max}")
        return self


class SandboxSettings(_Section):
    """Limits of one call of untrusted code."""

    seconds: float = Field(default=2.0, gt=0, le=60, description="Wall time of one call")
    memory_mb: int = Field(default=256, ge=64, le=65_536, description="Memory of one call, in MB")
    servers: int = Field(
        default=4,
        ge=1,
        le=64,
        description="Calls at once in a worker process; while it reads the results of some, others keep the cores busy",
    )


REAL, SYNTHETIC = "real", "synthetic"
CurriculumKind = Literal["easy-to-hard", "medium-first", "hard-first", "medium-only", "uniform", "stepping-stones"]


class CurriculumSettings(_Section):
    """Which of the kept problems a trainer is to meet, and in what order.

    Without budgets: all of the tiers. A budget for `real` lets in real problems that no student has attempted, too; one for
    `real` beside others is a mix, whose sampling weights give real and synthetic problems equal shares.
    """

    kind: CurriculumKind = Field(default="uniform", description="Order of the stages")
    budgets: dict[str, TargetSettings] = Field(
        default={},
        description="Problems wanted, by environment; `synthetic` is all but `real` together; "
        "with any, environments without one are left out",
    )
    control: bool = Field(default=False, description="Also write <name>_control: as many problems without this curriculum")

    @model_validator(mode="after")
    def _sensible(self) -> "CurriculumSettings":
        if SYNTHETIC in self.budgets and (beside := sorted(set(self.budgets) - {REAL, SYNTHETIC})):
            raise ValueError(f"`synthetic` takes in {', '.join(beside)}: give a budget for it or for them")
        if self.kind == "stepping-stones" and any({"easy", "medium", "hard"} & _given(each) for each in self.budgets.values()):
            raise ValueError("stepping-stones takes whole chains: give budgets a total, and no tiers")
        if self.kind == "uniform" and self.control and not self.budgets:
            raise ValueError("uniform without budgets is its own control")
        return self

    @property
    def is_mix(self) -> bool:
        """Whether it has budgets for both real and synthetic problems."""
        return REAL in self.budgets and len(self.budgets) > 1


def _given(target: TargetSettings) -> set[str]:
    return {name for name, count in target if count is not None}


def _curriculum_name(name: str) -> str:
    if not re.fullmatch("[a-z][a-z0-9_]{0,59}", name) or name.endswith("_control"):
        raise ValueError(
            "a curriculum's name is that of a file and of a view: small letters, digits and _, a letter first, "
            "60 at most, and not _control at the end"
        )
    return name


CurriculumName = Annotated[str, AfterValidator(_curriculum_name)]

CURRICULA: dict[str, CurriculumSettings] = {
    kind.replace("-", "_"): CurriculumSettings(kind=kind) for kind in get_args(CurriculumKind)
}
"""One of each kind, over all tiers."""


class RealSettings(_Section):
    """Real problems with their tests, which enter the dataset beside the generated ones."""

    paths: tuple[str, ...] = Field(
        default=(), description="JSONL or Parquet files of HumanEval's, LiveCodeBench's or solved problems' columns, globs, …"
    )
    count: int | None = Field(default=None, ge=1, description="Rows to take, from the first on; null: all")
    seconds: float = Field(default=8.0, gt=0, le=600, description="Wall time of one call, one program, or all tests of code")
    slow_seconds: float = Field(
        default=60.0, gt=0, le=600, description="The same for a problem whose reference needs longer than that"
    )
    memory_mb: int = Field(default=512, ge=64, le=65_536, description="Memory of one process, in MB")

    @model_validator(mode="after")
    def _ordered(self) -> "RealSettings":
        if self.slow_seconds < self.seconds:
            raise ValueError(f"slow_seconds {self.slow_seconds} is less than seconds {self.seconds}")
        return self


class GateSettings(_Section):
    """How much the gates let pass before they stop publishing. All are shares."""

    most_quarantined: Share = Field(default=0.5, description="Of a run's problems, those that may fail row by row")
    imbalance: Share = Field(
        default=0.9,
        description="How far an environment's kept problems may fall short of the share that its chains had; 1 lets anything "
        "pass, and with targets all does",
    )
    rows_lost: Share = Field(default=0.0, description="Of the last version's rows of a table, those that may be missing")
    yield_lost: Share = Field(
        default=0.5, description="How far kept problems a chain may fall short of the last runs' before a warning"
    )


class DuplicateSettings(_Section):
    """What counts as a duplicate beside the same program and inputs."""

    near: float | None = Field(
        default=0.95, ge=0.5, le=1, description="Problems alike by this share of their features are near duplicates; null: none"
    )
    behaviour: bool = Field(default=True, description="Whether problems whose functions do the same are duplicates")
    near_seeds: float | None = Field(
        default=0.85, ge=0.5, le=1, description="As near, for the documents and snippets that seeds are drawn from"
    )


class EvaluationSettings(_Section):
    """Evaluation sets that nothing made here may hold: HumanEval, MBPP, LiveCodeBench, MATH500 and AIME24 layouts."""

    paths: tuple[str, ...] = Field(
        default=(), description="JSONL or Parquet files, globs or directories; none: nothing is kept out"
    )


class RegradeSettings(_Section):
    """Which of the published problems are graded again."""

    environments: Environments = Field(default=(), description="Environments graded again; none named: all")
    problems: int | None = Field(
        default=None, ge=1, description="Most problems attempted again, always the same random sample; null: all"
    )


BenchmarkName = Literal["livecodebench", "math500", "aime24", "humaneval", "mbpp", "own"]


class EvaluateSettings(_Section):
    """What `flows.evaluate` measures: the student of these settings, on benchmarks. The paper says no sampling: ours."""

    benchmarks: tuple[BenchmarkName, ...] = Field(
        default=(),
        description="Benchmarks to be run; none named: those whose files are named, and own if seeds are held out",
    )
    livecodebench: tuple[str, ...] = Field(default=(), description="Files, globs or directories of LiveCodeBench's release")
    math500: tuple[str, ...] = Field(default=(), description="The file of MATH500")
    aime24: tuple[str, ...] = Field(default=(), description="The file of AIME 2024")
    humaneval: tuple[str, ...] = Field(default=(), description="The file of HumanEval")
    mbpp: tuple[str, ...] = Field(default=(), description="The file of MBPP, or of that split which is to be run")
    contests_from: date | None = Field(
        default=None,
        description="First contest day of LiveCodeBench's problems; the paper's 454 are, by public reports, those from "
        "2024-08-01 until 2025-05-31 of release 6",
    )
    contests_until: date | None = Field(default=None, description="Last contest day of LiveCodeBench's problems")
    label: str = Field(default="", description="The model's name in the tables: a curve has one; left empty: student.model")
    step: int = Field(default=0, ge=0, description="The training step of the weights; 0 is before training")
    samples: int = Field(default=10, ge=1, le=1024, description="Completions a problem; our choice, the fewest for pass@10")
    k: tuple[int, ...] = Field(default=(1, 10), min_length=1, description="pass@k is told for each of these")
    temperature: float = Field(
        default=0.6, ge=0, le=2, description="In place of student.temperature; our choice, as reports on such models have it"
    )
    top_p: float = Field(default=0.95, gt=0, le=1, description="In place of student.top_p; our choice, as above")

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.contests_from and self.contests_until and self.contests_until < self.contests_from:
            raise ValueError(f"contests_until {self.contests_until} is before contests_from {self.contests_from}")
        if min(self.k) < 1:
            raise ValueError(f"k {min(self.k)}: pass@k is of 1 sample or more")
        if max(self.k) > self.samples:
            raise ValueError(
                f"pass@{max(self.k)} needs {max(self.k)} samples of a problem or more, and samples is {self.samples}"
            )
        return self


class TrainSettings(_Section):
    """What flows.train trains, on what and how. A step takes `groups` problems, and `attempts` completions of each."""

    model: str | None = Field(
        default=None, min_length=1, description="Policy to start from: a folder, or a name on Hugging Face"
    )
    curriculum: str = Field(
        default="curriculum_uniform", description="Of the latest version: curriculum_NAME, easy, medium, hard or problems"
    )
    run: str = Field(
        default="policy",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$",
        description="Its folder under training/ of the data root; what is there already is gone on with",
    )
    python: str | None = Field(default=None, min_length=1, description="Python that has TRL 1.16; null: this one")
    launch: tuple[str, ...] = Field(
        default=(), description='Words behind that Python, such as ["-m", "accelerate.commands.launch", "--num_processes", "8"]'
    )
    groups: int = Field(default=8, ge=1, le=100_000, description="Problems a step")
    attempts: int = Field(default=8, ge=2, le=1024, description="Completions a problem and step: a group")
    at_once: int = Field(default=8, ge=1, le=100_000, description="Completions whose gradient a device computes at once")
    max_tokens: int = Field(default=8192, ge=1, le=1_000_000, description="Most tokens of a completion")
    learning_rate: float = Field(default=1e-6, gt=0, le=1, description="Constant")
    steps: int | None = Field(default=None, ge=1, description="Steps; null: once through the curriculum")
    save_every: int = Field(default=50, ge=1, description="Steps between checkpoints")
    keep_checkpoints: int | None = Field(default=2, ge=2, description="Newest checkpoints that are kept; null: all")
    weights: dict[str, Annotated[float, Field(ge=0)]] = Field(
        default={}, description='Shares of the tiers drawn, such as {"easy": 1, "medium": 2}; none: the curriculum in its order'
    )
    by_reward: bool = Field(
        default=False, description="Whether the weights follow each tier's reward, where it gives most signal"
    )
    trl: dict[str, Any] = Field(default={}, description='More of TRL\'s GRPOConfig, such as {"use_vllm": true}')

    @model_validator(mode="after")
    def _weighed(self) -> "TrainSettings":
        if self.by_reward and not self.weights:
            raise ValueError("by_reward changes weights: give each tier of the curriculum one to begin with")
        return self

    @field_validator("trl")
    @classmethod
    def _not_ours(cls, more: dict[str, Any]) -> dict[str, Any]:
        if stray := sorted(_OURS & set(more)):
            raise ValueError(f"{', '.join(stray)} follow from the other settings of train; leave them out")
        return more


_OURS = {
    "output_dir",
    "per_device_train_batch_size",
    "gradient_accumulation_steps",
    "generation_batch_size",
    "steps_per_generation",
    "num_iterations",
    "num_generations",
    "max_completion_length",
    "learning_rate",
    "seed",
    "max_steps",
    "save_strategy",
    "save_steps",
    "save_total_limit",
    "shuffle_dataset",
}
"""Of TRL's GRPOConfig: what its curriculum, its metrics by step and its checkpoints rest on."""


class LoopSettings(_Section):
    """What flows.loop repeats: train, regrade by the policy, generate with the policy as the student."""

    rounds: int = Field(default=3, ge=1, le=1000, description="Rounds, of train.steps each")
    serve: tuple[str, ...] = Field(
        default=("vllm", "serve", "{model}", "--host", "127.0.0.1", "--port", "{port}"),
        min_length=1,
        description="Command that serves the policy in the folder {model} by OpenAI's protocol, under that name",
    )
    start_s: float = Field(default=1800.0, gt=0, description="Seconds after which a server that does not answer has failed")


class Settings(_Section):
    """All settings of a run."""

    data_root: str = Field(
        default="data", min_length=1, description="Folder or s3:// address of the journal, runs, versions and catalog"
    )
    random_seed: int | None = Field(
        default=0,
        ge=0,
        lt=2**31,
        description="Decides the seeds drawn and the models' sampling seeds; null: the day of the run's scheduled start, "
        "YYYYMMDD in the schedule's time zone, or in UTC without one",
    )
    environments: Environments = Field(
        default=("induction", "abduction", "deduction", "fuzzing"), min_length=1, description="Environments of each seed"
    )
    journal: str | None = Field(default=None, description="Folder or s3:// address of the journal; null: in the data root")
    prompts: str | None = Field(default=None, description="Folder of prompt templates that stand in for ours")
    seeds: SeedSettings = Field(default=SeedSettings(), description="Where seeds come from")
    teacher: TeacherSettings = Field(default=TeacherSettings(), description="The model that states the problems")
    student: StudentSettings = Field(default=StudentSettings(), description="The model that attempts them")
    generation: GenerationSettings = Field(default=GenerationSettings(), description="The rounds of a chain")
    targets: dict[str, TargetSettings] = Field(
        default={},
        description='Kept problems wanted, by environment, such as {"induction": {"easy": 500}}; with any, environments '
        "without one are not run",
    )
    caps: CapSettings = Field(default=CapSettings(), description="What the run may spend; seeds.count is the cap of seeds")
    tiers: TierSettings = Field(default=TierSettings(), description="Where the tiers end")
    sandbox: SandboxSettings = Field(default=SandboxSettings(), description="Limits of untrusted code")
    curricula: dict[CurriculumName, CurriculumSettings] = Field(
        default=CURRICULA, description="What trainers read, by name; with any named, these alone; left out: one of each kind"
    )
    keep_versions: int | None = Field(default=None, ge=1, description="Newest versions that are kept; null: all")
    real: RealSettings = Field(default=RealSettings(), description="Real problems, adopted as they are")
    gates: GateSettings = Field(default=GateSettings(), description="How much the gates let pass")
    duplicates: DuplicateSettings = Field(default=DuplicateSettings(), description="What counts as a duplicate")
    evaluation: EvaluationSettings = Field(
        default=EvaluationSettings(),
        description="Evaluation sets; seeds and problems that hold one of their problems are dropped",
    )
    regrade: RegradeSettings = Field(default=RegradeSettings(), description="What flows.regrade and flows.reverify grade again")
    held_out: Share = Field(
        default=0.0,
        description="Share of the seeds whose problems stand in no curriculum, for flows.evaluate; always the same ones",
    )
    evaluate: EvaluateSettings = Field(default=EvaluateSettings(), description="What flows.evaluate measures")
    train: TrainSettings = Field(default=TrainSettings(), description="What flows.train trains, and how")
    loop: LoopSettings = Field(default=LoopSettings(), description="What flows.loop repeats")

    @field_validator("data_root")
    @classmethod
    def _folder_or_s3(cls, root: str) -> str:
        if is_address(root) and not re.match("s3://[^/]+", root):
            raise ValueError("give a folder, or s3://bucket/prefix")
        return root.rstrip("/") or "/"

    @field_validator("environments")
    @classmethod
    def _distinct(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(names)) < len(names):
            raise ValueError("each environment can stand there once")
        return names

    @model_validator(mode="after")
    def _aimed(self) -> "Settings":
        if stray := sorted(set(self.targets) - set(self.environments)):
            raise ValueError(f"targets for {', '.join(stray)}, but environments are {', '.join(self.environments)}")
        return self

    @property
    def journal_root(self) -> str:
        """Where the journal is."""
        return self.journal or f"{self.data_root}/journal"

    def absolute(self) -> "Settings":
        """These settings with folders that do not depend on a process's working directory."""
        places = {"data_root": self.data_root, "journal": self.journal, "prompts": self.prompts}
        folders = {name: place for name, place in places.items() if place is not None and not is_address(place)}
        return self.model_copy(update={name: str(Path(place).absolute()) for name, place in folders.items()})

    def with_offline(self, base_url: str) -> "Settings":
        """These settings with the offline models' server for each model that names none."""
        models = {name: model for name, model in (("teacher", self.teacher), ("student", self.student)) if not model.base_urls}
        served = {name: model.model_copy(update={"base_urls": (base_url,)}) for name, model in models.items()}
        return self.model_copy(update=served)
