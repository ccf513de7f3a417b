"""What a round leaves in the tables: its problem with its attempts, or its rejection."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from steppingstone.attempting import Student
from steppingstone.chains import Chain, Round
from steppingstone.difficulty import PassRate
from steppingstone.drafts import Row
from steppingstone.records import Attempt, Completion, Hit, Problem, Reason, Rejection, Seed, content_id
from steppingstone.settings import PriceSettings


def round_rows(run_id: str, chain: Chain, done: Round) -> dict[str, list[Row]]:
    """What one round leaves, by table."""
    if done.problem is not None:
        attempts = [attempt_row(done.problem, chain.chain_id, done.number, attempt) for attempt in done.attempts]
        return {"problems": [problem_row(run_id, chain, done, done.problem)], "attempts": attempts}
    return {"rejections": [rejection_row(run_id, chain, done, done.rejection)]} if done.rejection is not None else {}


def seed_row(seed: Seed) -> Row:
    """A seed as a row of the seeds table."""
    return {
        "seed_id": seed.seed_id,
        "kind": seed.kind,
        "origin": seed.origin,
        "license": seed.license,
        "lines": len(seed.text.splitlines()),
        "text": seed.text,
    }


def contaminated_seed_row(run_id: str, seed: Seed, hit: Hit) -> Row:
    """A rejection of what would have become a seed but for the evaluation problem that it holds. It cost nothing."""
    return {
        "rejection_id": f"extract-{seed.seed_id}",
        "run_id": run_id,
        "chain_id": "",
        "seed_id": seed.seed_id,
        "environment": "",
        "round": 0,
        "steer": "",
        "stage": "extract",
        "reason": str(Reason.CONTAMINATED),
        "detail": f"{seed.origin} holds {hit.name}: {hit.detail}",
        "problem_id": None,
        "partner_id": hit.name,
        "partner_version": None,
        "tier": "",
        # The evaluation problem itself is not to be published.
        "reply": "",
        **_tokens("", []),
        "dollars": 0.0,
    }


def problem_row(run_id: str, chain: Chain, done: Round, problem: Problem) -> Row:
    """A problem with its lineage, its pass rate and what it cost."""
    return {
        "problem_id": problem.problem_id,
        "content_hash": done.content,
        **_lineage(run_id, chain, done),
        "chain_number": chain.number,
        "parent_id": done.parent_id,
        "parent_pass_rate": done.parent_pass_rate,
        "statement": problem.statement,
        "code": problem.code,
        "inputs": list(problem.inputs),
        "outputs": list(problem.outputs),
        "hint": problem.hint,
        "tests": problem.tests,
        "behaviour": done.behaviour,
        "summary": done.summary,
        "prompts_hash": chain.environment.templates.digest(chain.environment.name),
        "teacher_model": chain.teacher.settings.model,
        **_cost("teacher_", [done.reply], chain.teacher.settings.prices),
        **graded_columns(chain.student, done.attempts),
    }


def graded_columns(student: Student, attempts: Sequence[Attempt]) -> Row:
    """The columns of a problem that tell what a student made of it: counts, p and its tier, the student, and the cost."""
    rate, model = PassRate.of([attempt.grade for attempt in attempts]), student.chat.settings
    low, high = rate.interval() or (None, None)
    return {
        "pass_count": rate.solved,
        "graded_count": rate.graded,
        "attempt_count": len(attempts),
        "pass_rate": rate.value,
        "pass_rate_low": low,
        "pass_rate_high": high,
        "tier": str(student.thresholds.tier(rate)),
        "straddles": student.thresholds.straddled(rate),
        "student_model": model.model,
        "student_temperature": model.temperature,
        "student_top_p": model.top_p,
        "student_max_tokens": model.max_tokens,
        "student_reasoning_effort": model.reasoning_effort or "",
        **_cost("student_", [attempt.completion for attempt in attempts], model.prices),
    }


def problem_of(row: Mapping[str, Any]) -> Problem:
    """The problem that a row of the problems table is of."""
    texts = {name: row[name] for name in ("problem_id", "environment", "code", "hint", "statement", "tests")}
    return Problem(inputs=tuple(row["inputs"]), outputs=tuple(row["outputs"]), **texts)


def attempt_row(problem: Problem, chain_id: str, round_: int, attempt: Attempt) -> Row:
    """One graded attempt at the problem of a chain's round. `attempt` counts from 0."""
    return {
        "problem_id": problem.problem_id,
        "chain_id": chain_id,
        "round": round_,
        "attempt": attempt.index,
        "environment": problem.environment,
        "completion": attempt.completion.text,
        "reasoning": attempt.completion.reasoning,
        "answer": attempt.grade.answer,
        "verdict": str(attempt.grade.verdict),
        "detail": attempt.grade.detail,
        "reward": attempt.grade.reward,
        "finish_reason": attempt.completion.finish_reason,
        **_tokens("", [attempt.completion]),
    }


def completion_of(row: Mapping[str, Any]) -> Completion:
    """The completion that a row of the attempts table holds, without its reasoning."""
    names = ("finish_reason", "prompt_tokens", "completion_tokens", "cached_tokens", "reasoning_tokens")
    return Completion(text=row["completion"], **{name: row[name] for name in names})


def rejection_row(run_id: str, chain: Chain, done: Round, rejection: Rejection) -> Row:
    """A proposal that made no problem, with the whole reply."""
    return {
        "rejection_id": content_id(chain.chain_id, str(done.number)),
        **_lineage(run_id, chain, done),
        "stage": "generate",
        "reason": str(rejection.reason),
        "detail": rejection.detail,
        "problem_id": None,
        "partner_id": None,
        "partner_version": None,
        "tier": "",
        "reply": done.reply.text,
        **_cost("", [done.reply], chain.teacher.settings.prices),
    }


def _lineage(run_id: str, chain: Chain, done: Round) -> Row:
    return {
        "run_id": run_id,
        "chain_id": chain.chain_id,
        "seed_id": chain.seed.seed_id,
        "environment": chain.environment.name,
        "round": done.number,
        "steer": str(done.steer),
    }


def _tokens(prefix: str, completions: Iterable[Completion]) -> dict[str, int]:
    said = list(completions)
    return {
        f"{prefix}prompt_tokens": sum(each.prompt_tokens for each in said),
        f"{prefix}cached_tokens": sum(each.cached_tokens for each in said),
        f"{prefix}completion_tokens": sum(each.completion_tokens for each in said),
        f"{prefix}reasoning_tokens": sum(each.reasoning_tokens for each in said),
    }


def _cost(prefix: str, completions: Iterable[Completion], prices: PriceSettings) -> Row:
    said = list(completions)
    dollars = sum(prices.dollars(each.prompt_tokens, each.cached_tokens, each.completion_tokens) for each in said)
    return _tokens(prefix, said) | {f"{prefix}dollars": dollars}
