"""What a round leaves in the tables: its problem with its attempts, or its rejection."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from steppingstone.chains import Chain, Round
from steppingstone.drafts import Row, TableFile
from steppingstone.records import Attempt, Completion, Hit, Problem, Reason, Rejection, Seed, content_id
from steppingstone.settings import PriceSettings

WRITTEN = ("problems", "attempts", "rejections")


class BatchRows:
    """The rows of one batch, on disk as they come; the folder appears as a whole when it is closed, or not at all."""

    def __init__(self, folder: Path, run_id: str) -> None:
        self.folder = folder
        self.run_id = run_id
        self._aside = folder.with_name(f".{folder.name}")
        self._tables = {table: TableFile(self._aside, table) for table in WRITTEN}

    def add(self, chain: Chain, done: Round) -> None:
        """Adds what one round leaves."""
        if done.problem is not None:
            self._tables["problems"].add([problem_row(self.run_id, chain, done, done.problem)])
            self._tables["attempts"].add([attempt_row(chain, done, done.problem, attempt) for attempt in done.attempts])
        elif done.rejection is not None:
            self._tables["rejections"].add([rejection_row(self.run_id, chain, done, done.rejection)])

    def close(self) -> dict[str, int]:
        """Ends the files, puts the folder in its place, and returns the tables' row counts."""
        counts = {name: table.close() for name, table in self._tables.items()}
        os.rename(self._aside, self.folder)
        return counts

    def discard(self) -> None:
        """Leaves nothing behind."""
        for table in self._tables.values():
            table.abandon()
        shutil.rmtree(self._aside, ignore_errors=True)


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
        "reply": seed.text,
        **_tokens("", []),
        "dollars": 0.0,
    }


def problem_row(run_id: str, chain: Chain, done: Round, problem: Problem) -> Row:
    """A problem with its lineage, its pass rate and what it cost."""
    rate, interval = done.rate, done.rate.interval() or (None, None)
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
        "pass_count": rate.solved,
        "graded_count": rate.graded,
        "attempt_count": len(done.attempts),
        "pass_rate": rate.value,
        "pass_rate_low": interval[0],
        "pass_rate_high": interval[1],
        "tier": str(chain.thresholds.tier(rate)),
        "straddles": chain.thresholds.straddled(rate),
        "summary": done.summary,
        "prompts_hash": chain.environment.templates.digest(chain.environment.name),
        "teacher_model": chain.teacher.settings.model,
        "student_model": chain.student.settings.model,
        "student_temperature": chain.student.settings.temperature,
        "student_top_p": chain.student.settings.top_p,
        "student_max_tokens": chain.student.settings.max_tokens,
        "student_reasoning_effort": chain.student.settings.reasoning_effort or "",
        **_cost("teacher_", [done.reply], chain.teacher.settings.prices),
        **_cost("student_", [attempt.completion for attempt in done.attempts], chain.student.settings.prices),
    }


def attempt_row(chain: Chain, done: Round, problem: Problem, attempt: Attempt) -> Row:
    """One graded attempt. `attempt` counts from 0."""
    return {
        "problem_id": problem.problem_id,
        "chain_id": chain.chain_id,
        "round": done.number,
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
