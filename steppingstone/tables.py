"""The tables of a dataset: one declared Arrow schema each."""

import pyarrow as pa

_text, _int, _real, _bool = pa.string(), pa.int64(), pa.float64(), pa.bool_()


def _schema(columns: dict[str, pa.DataType], nullable: tuple[str, ...] = ()) -> pa.Schema:
    return pa.schema([pa.field(name, kind, nullable=name in nullable) for name, kind in columns.items()])


SEEDS = _schema({"seed_id": _text, "kind": _text, "origin": _text, "license": _text, "lines": _int, "text": _text})

PROBLEMS = _schema(
    {
        "problem_id": _text,
        "content_hash": _text,
        "run_id": _text,
        "chain_id": _text,
        "chain_number": _int,
        "seed_id": _text,
        "environment": _text,
        "round": _int,
        "parent_id": _text,
        "parent_pass_rate": _real,
        "steer": _text,
        "statement": _text,
        "code": _text,
        "inputs": pa.list_(_text),
        "outputs": pa.list_(_text),
        "hint": _text,
        "tests": _text,
        "behaviour": _text,
        "pass_count": _int,
        "graded_count": _int,
        "attempt_count": _int,
        "pass_rate": _real,
        "pass_rate_low": _real,
        "pass_rate_high": _real,
        "tier": _text,
        "straddles": _bool,
        "summary": _text,
        "prompts_hash": _text,
        "teacher_model": _text,
        "student_model": _text,
        "student_temperature": _real,
        "student_top_p": _real,
        "student_max_tokens": _int,
        "student_reasoning_effort": _text,
        "teacher_prompt_tokens": _int,
        "teacher_cached_tokens": _int,
        "teacher_completion_tokens": _int,
        "teacher_reasoning_tokens": _int,
        "teacher_dollars": _real,
        "student_prompt_tokens": _int,
        "student_cached_tokens": _int,
        "student_completion_tokens": _int,
        "student_reasoning_tokens": _int,
        "student_dollars": _real,
    },
    nullable=("parent_id", "parent_pass_rate", "pass_rate", "pass_rate_low", "pass_rate_high"),
)
"""`content_hash` is the same for problems that differ in names and layout alone; `parent_id` is the previous problem of the
chain; `parent_pass_rate`, its p, and `summary` are what the teacher saw, and stay so when problems are dropped or graded
again; `steer` is what the teacher prompt asked for; `pass_rate` and its 95% Wilson interval are null if nothing was graded;
`straddles` says that the interval reaches into another tier. `behaviour` is the same for functions that answer a common set
of inputs alike, and empty where that tells nothing. `chain_number` is the chain's place in the order in which the run drew
its chains, from 0. Cached tokens are a part of the prompt's, reasoning tokens of the completion's.

Two chains, or two rounds of one, may arrive at the same `problem_id`: (problem_id, chain_id, round) is the key of a draft.
After the exact duplicates are dropped `problem_id` alone is one."""

ATTEMPTS = _schema(
    {
        "problem_id": _text,
        "chain_id": _text,
        "round": _int,
        "attempt": _int,
        "environment": _text,
        "completion": _text,
        "reasoning": _text,
        "answer": _text,
        "verdict": _text,
        "detail": _text,
        "reward": _int,
        "finish_reason": _text,
        "prompt_tokens": _int,
        "cached_tokens": _int,
        "completion_tokens": _int,
        "reasoning_tokens": _int,
    },
    nullable=("reward",),
)
"""Keyed by (problem_id, chain_id, round, attempt); `attempt` counts from 0; `reward` is null exactly if it is ungraded."""

REJECTIONS = _schema(
    {
        "rejection_id": _text,
        "run_id": _text,
        "chain_id": _text,
        "seed_id": _text,
        "environment": _text,
        "round": _int,
        "steer": _text,
        "stage": _text,
        "reason": _text,
        "detail": _text,
        "problem_id": _text,
        "partner_id": _text,
        "partner_version": _int,
        "tier": _text,
        "reply": _text,
        "prompt_tokens": _int,
        "cached_tokens": _int,
        "completion_tokens": _int,
        "reasoning_tokens": _int,
        "dollars": _real,
    },
    nullable=("problem_id", "partner_id", "partner_version"),
)
"""`stage` is extract, generate, validate, deduplicate or decontaminate. `problem_id` is set for what was a problem;
`partner_id` names a duplicate's partner, or the evaluation problem that it is too close to, and `partner_version` the
published version in which that stands, if it is of an earlier run. `tier` is that of what was a problem, else empty. Tokens
and dollars are all that it cost: the teacher's and, for what was a problem, its students' too."""

QUARANTINE = _schema({"table": _text, "row_id": _text, "expectation": _text, "column": _text, "row": _text})
"""Rows that failed a gate: the expectation that they failed, and the row as JSON."""

_OF_CURATION = {
    "chain_number", "summary", "behaviour",
    "teacher_prompt_tokens", "teacher_cached_tokens", "teacher_completion_tokens", "teacher_reasoning_tokens",
    "student_prompt_tokens", "student_cached_tokens", "student_completion_tokens", "student_reasoning_tokens",
    "teacher_dollars", "student_dollars",
}  # fmt: skip

CURRICULUM = pa.schema(
    [
        pa.field("curriculum_rank", _int, nullable=False),
        pa.field("stage", _int, nullable=False),
        pa.field("sampling_weight", _real, nullable=False),
        *(field for field in PROBLEMS if field.name not in _OF_CURATION),
    ]
)
"""One row a problem, in the order in which a trainer is to meet them: `curriculum_rank` counts the rows from 0, and `stage`
the stages, which do not fall from row to row. `sampling_weight` is how often the problem is drawn when the curriculum is gone
through once; over the file it adds up to the number of draws. The other columns are those of PROBLEMS, but for what the
teacher was told and what things cost, which `problem_id` finds there."""

TIERS = ("easy", "medium", "hard")

TABLES: dict[str, pa.Schema] = {
    "seeds": SEEDS,
    "problems": PROBLEMS,
    "attempts": ATTEMPTS,
    "rejections": REJECTIONS,
    "quarantine": QUARANTINE,
    "easy": PROBLEMS,
    "medium": PROBLEMS,
    "hard": PROBLEMS,
}

POSED = _schema(
    {
        "benchmark": _text,
        "segments": pa.list_(_text),
        "name": _text,
        "prompts_hash": _text,
        "problem_id": _text,
        "environment": _text,
        "statement": _text,
        "code": _text,
        "inputs": pa.list_(_text),
        "outputs": pa.list_(_text),
        "hint": _text,
        "tests": _text,
    }
)
"""A problem that a model is evaluated on: its name in its benchmark, and the parts of this that it is counted under."""

EVALUATED = _schema(
    {
        "label": _text,
        "step": _int,
        "benchmark": _text,
        "segments": pa.list_(_text),
        "name": _text,
        "problem_id": _text,
        "run_id": _text,
        "prompts_hash": _text,
        "model": _text,
        "revision": _text,
        "temperature": _real,
        "top_p": _real,
        "max_tokens": _int,
        "reasoning_effort": _text,
        "random_seed": _int,
        "samples": _int,
        "graded": _int,
        "solved": _int,
        "verdicts": pa.list_(_text),
        "details": pa.list_(_text),
        "answers": pa.list_(_text),
        "prompt_tokens": _int,
        "completion_tokens": _int,
    }
)
"""One evaluated problem with its samples, keyed by (label, step, benchmark, problem_id). The lists are in the samples' order;
`graded` samples have a verdict that is the model's, and of these `solved` earned reward 1."""

METRICS = _schema(
    {
        "label": _text,
        "step": _int,
        "benchmark": _text,
        "segment": _text,
        "k": _int,
        "value": _real,
        "low": _real,
        "high": _real,
        "problems": _int,
        "left_out": _int,
        "samples": _int,
        "run_id": _text,
        "created": _text,
    },
    nullable=("value", "low", "high"),
)
"""pass@k of a model at a training step, keyed by (label, step, benchmark, segment, k); the segment `all` is the whole
benchmark. `low` and `high` are a 95% interval. `left_out` problems have fewer graded samples than k, and are not among
`problems`; without any of those `value` is null. `samples` are those of all the problems that were graded, `created` is UTC."""

ALL_TABLES: dict[str, pa.Schema] = TABLES | {"posed": POSED, "evaluated": EVALUATED, "metrics": METRICS}
"""What may stand in a folder of tables: those of a dataset, and those of an evaluation, which no version holds."""

ROW_IDS = {
    "seeds": "seed_id",
    "problems": "concat_ws('/', problem_id, chain_id, round)",
    "attempts": "concat_ws('/', problem_id, chain_id, round, attempt)",
    "rejections": "rejection_id",
    **dict.fromkeys(TIERS, "problem_id"),
}
"""SQL that names one row of a table, as gates and the quarantine do. In the quarantine itself a column does."""
