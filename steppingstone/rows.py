"""What a round leaves in the tables: its problem with its attempts, or its rejection."""

import os
import shutil
from pathlib import Path

from steppingstone.chains import Chain, Round
from steppingstone.drafts import Row, write_rows
from steppingstone.records import Attempt, Problem, Rejection, Seed, content_id
from steppingstone.sources import content_hash


class BatchRows:
    """The rows of one batch; the folder appears as a whole when it is closed, or not at all.

    A batch that is run again replaces what it left before."""

    def __init__(self, folder: Path, run_id: str) -> None:
        self.folder = folder
        self.run_id = run_id
        self._rows: dict[str, list[Row]] = {"problems": [], "attempts": [], "rejections": []}

    def add(self, chain: Chain, done: Round) -> None:
        """Adds what one round leaves."""
        if done.problem is not None:
            self._rows["problems"].append(problem_row(self.run_id, chain, done, done.problem))
            self._rows["attempts"] += [attempt_row(chain, done, done.problem, attempt) for attempt in done.attempts]
        elif done.rejection is not None:
            self._rows["rejections"].append(rejection_row(self.run_id, chain, done, done.rejection))

    def close(self) -> dict[str, int]:
        """Writes the tables and returns their row counts."""
        aside = self.folder.with_name(f".{self.folder.name}-{os.getpid()}")
        aside.mkdir(parents=True, exist_ok=True)
        for table, rows in self._rows.items():
            write_rows(aside, table, rows)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.rename(aside, self.folder)
        return {table: len(rows) for table, rows in self._rows.items()}


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


def problem_row(run_id: str, chain: Chain, done: Round, problem: Problem) -> Row:
    """A problem with its lineage, its pass rate and what it cost."""
    rate, interval = done.rate, done.rate.interval() or (None, None)
    return {
        "problem_id": problem.problem_id,
        "content_hash": content_hash(problem.environment, problem.code, problem.inputs),
        **_lineage(run_id, chain, done),
        "parent_id": done.parent_id,
        "parent_pass_rate": done.parent_pass_rate,
        "statement": problem.statement,
        "code": problem.code,
        "inputs": list(problem.inputs),
        "outputs": list(problem.outputs),
        "hint": problem.hint,
        "pass_count": rate.solved,
        "graded_count": rate.graded,
        "attempt_count": len(done.attempts),
        "pass_rate": rate.value,
        "pass_rate_low": interval[0],
        "pass_rate_high": interval[1],
        "tier": str(chain.thresholds.tier(rate)),
        "summary": done.summary,
        "prompts_hash": chain.environment.templates.digest(chain.environment.name),
        "teacher_model": chain.teacher.settings.model,
        "student_model": chain.student.settings.model,
        "student_temperature": chain.student.settings.temperature,
        "teacher_prompt_tokens": done.reply.prompt_tokens,
        "teacher_completion_tokens": done.reply.completion_tokens,
        "student_prompt_tokens": sum(attempt.completion.prompt_tokens for attempt in done.attempts),
        "student_completion_tokens": sum(attempt.completion.completion_tokens for attempt in done.attempts),
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
        "prompt_tokens": attempt.completion.prompt_tokens,
        "completion_tokens": attempt.completion.completion_tokens,
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
        "reply": done.reply.text,
        "prompt_tokens": done.reply.prompt_tokens,
        "completion_tokens": done.reply.completion_tokens,
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
