"""A chain: one seed in one environment through its rounds, each steered by what the student made of the one before."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from steppingstone import counts
from steppingstone.attempting import NEVER_CAME, Student
from steppingstone.chat import Chat
from steppingstone.difficulty import PassRate
from steppingstone.environments import Basis, Environment, Rejected
from steppingstone.errors import CapReached, InfrastructureError, PromptRefused
from steppingstone.logs import about
from steppingstone.records import (
    Attempt,
    Completion,
    Problem,
    Proposal,
    Reason,
    Rejection,
    Seed,
    Steer,
    content_id,
)
from steppingstone.sources import content_hash
from steppingstone.summaries import summarize

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Round:
    """One round: what was asked for, the teacher's reply, and either a problem with its attempts or a rejection.

    `steer` is what this round's teacher prompt asked for, `parent_id` the problem it was to change and `parent_pass_rate`
    the p of that; `number` counts from 1. `content` is the same for problems that differ in names and layout alone;
    `behaviour` for those whose functions do the same, and empty where that is not known.
    """

    number: int
    steer: Steer
    reply: Completion
    parent_id: str | None = None
    parent_pass_rate: float | None = None
    problem: Problem | None = None
    content: str = ""
    behaviour: str = ""
    rejection: Rejection | None = None
    attempts: tuple[Attempt, ...] = ()
    summary: str = ""

    @property
    def rate(self) -> PassRate:
        """The pass rate of this round's attempts."""
        return PassRate.of([attempt.grade for attempt in self.attempts])


@dataclass(frozen=True, slots=True)
class Chain:
    """One seed in one environment, and all that its rounds need. `number` is its place in the order of the draw."""

    number: int
    seed: Seed
    environment: Environment
    teacher: Chat
    student: Student

    @property
    def chain_id(self) -> str:
        """Of another night's chain from the same seed it is another."""
        return content_id(self.seed.seed_id, self.environment.name, str(self.teacher.random_seed))

    async def rounds(self, count: int) -> AsyncIterator[Round]:
        """The chain's rounds, each as soon as it is over. A round sees the one before and nothing older.

        Fewer than `count` if the teacher's server refuses even the bare request, or if a reply brings out a fault of our own.
        """
        basis: Basis | None = Basis(Steer.FIRST, seed=self.seed)
        parent: Round | None = None
        for number in range(1, count + 1):
            if basis is None:
                return
            with about(round=number):
                done = await self._round(number, basis, parent)
                self._tell(done)
            yield done
            basis = self._next(basis, done)
            parent = done if done.problem else parent

    def _tell(self, done: Round) -> None:
        """Logs and counts what came of a round."""
        name, rejection = self.environment.name, done.rejection
        if rejection is not None:
            counts.REJECTIONS.add(name, rejection.reason)
            counts.ROUNDS.add(name, "rejected")
            _LOG.info("asked for %s: rejected, %s: %s", done.steer, rejection.reason, rejection.detail)
        elif done.problem is not None:
            tier = self.student.thresholds.tier(done.rate)
            counts.ROUNDS.add(name, tier)
            _LOG.info("asked for %s: problem %s, %s, p = %s", done.steer, done.problem.problem_id, tier, done.rate.value)

    def _next(self, basis: Basis, done: Round) -> Basis | None:
        if done.problem is not None:
            return Basis(self.student.thresholds.steer(done.rate), previous=done.problem, summary=done.summary)
        assert done.rejection is not None
        if done.rejection.reason is Reason.OWN_FAULT:
            return None
        if done.reply is NEVER_CAME:
            # The teacher's server refused the prompt: once more without what a rejected reply added to it.
            return replace(basis, rejected=None) if basis.rejected else None
        return replace(basis, rejected=Rejected(done.reply.text, done.rejection))

    async def _round(self, number: int, basis: Basis, parent: Round | None) -> Round:
        asked = Round(number, Steer.REPAIR if basis.rejected else basis.steer, NEVER_CAME)
        if parent is not None and parent.problem is not None:
            asked = replace(asked, parent_id=parent.problem.problem_id, parent_pass_rate=parent.rate.value)
        try:
            (reply,) = await self.teacher.sample(self.environment.teacher_prompt(basis), 1)
            assert reply is not None, "sample() raises when it has nothing"
            asked = replace(asked, reply=reply)
            found, content = await asyncio.to_thread(self._prove_and_hash, reply, basis)
            if isinstance(found, Rejection):
                return replace(asked, rejection=found)
            asked = replace(asked, content=content)
            # What it does is found out while the student is at work, and so costs no time.
            doing = asyncio.to_thread(self.environment.behaviour, found, self.student.sandbox)
            attempts, behaviour = await asyncio.gather(self.student.attempt(self.environment, found), doing)
        except PromptRefused as error:
            return replace(asked, rejection=Rejection(Reason.PROMPT_REFUSED, str(error)))
        except (InfrastructureError, CapReached):
            raise
        except Exception as error:
            # One reply that we can't cope with must not end a night of ten thousand chains, again at each rerun.
            _LOG.exception("a fault of our own in round %d of chain %s", number, self.chain_id)
            return replace(asked, rejection=Rejection(Reason.OWN_FAULT, f"{type(error).__name__}: {error}"[:300]))
        summary = summarize(PassRate.of([attempt.grade for attempt in attempts]), attempts)
        return replace(asked, problem=found, behaviour=behaviour, attempts=attempts, summary=summary)

    def _prove_and_hash(self, reply: Completion, basis: Basis) -> tuple[Problem | Rejection, str]:
        found = self._prove(reply, basis)
        return found, "" if isinstance(found, Rejection) else content_hash(found.environment, found.code, found.inputs)

    def _prove(self, reply: Completion, basis: Basis) -> Problem | Rejection:
        proposal = self.environment.parse(reply.text)
        if isinstance(proposal, Proposal):
            found = self.environment.prove(proposal, self.student.sandbox)
        elif reply.finish_reason == "length":
            found = Rejection(Reason.CUT_REPLY, f"cut at {self.teacher.settings.max_tokens} tokens; {proposal.detail}")
        else:
            found = proposal
        if isinstance(found, Problem) and basis.previous and found.problem_id == basis.previous.problem_id:
            return Rejection(Reason.SAME_AS_BEFORE, "this is the previous problem again")
        return found
