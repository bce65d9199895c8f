"""One claimed batch on its way through the steps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from closure import effects, exchange
from closure.backoff import LONGEST, back_off
from closure.causes import stops
from closure.enums import HeldReason
from closure.exceptions import TransitionRefused
from closure.finalization import archiving, moves, plan
from closure.finalization.claims import Claim
from closure.finalization.outcomes import Done, Fatal, Hold, Outcome, Retry
from closure.finalization.plan import ORDER, FinalStep
from closure.finalization.steps import STEPS, Step, block_identifiers
from closure.finalization.steps.step import Run
from closure.finalization.summary import Ending, Tally
from closure.models import ClosureRequest
from closure.poison import story
from closure.receipts import writing
from closure.restore import book

# A core that fails this long before sealing holds the request, so that its owner can cancel it (E09).
PATIENCE = timedelta(minutes=60)
HEAD_START = timedelta(seconds=30)
# Calls to a core elsewhere take their time: what is done is marked after so many.
REMOTE_CHUNK = 20
LAST = ORDER[-1]


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Requests under one claim; `now` is the time of the run."""

    claim: Claim
    now: datetime
    tally: Tally

    def walk(self) -> None:
        """Take every request from its first undone step as far as it goes."""
        rows = list(self.claim.ours(list(self.claim.members)).values_list("id", "plan"))
        at = {key: plan.first_undone(steps) for key, steps in rows if not plan.is_poison(steps)}
        self._leave_alone([key for key, steps in rows if plan.is_poison(steps)])
        for name, step in STEPS.items():
            keys = [key for key in self.claim.members if at.get(key) is name]
            for chunk in _chunks(keys, step):
                at.update(dict.fromkeys(self._take(step, chunk), _after(name)))

    def _take(self, step: Step, keys: Sequence[UUID]) -> list[UUID]:
        """Take one step; returns the keys of those that passed it."""
        self.claim.renew()
        with step.ready(lambda: self._waiting(keys), self.claim.renew) as run:
            return self._run(step, run, keys)

    def _waiting(self, keys: Sequence[UUID]) -> list[ClosureRequest]:
        """Return those still ours, unlocked, in order of accounts: for what is asked before they are locked."""
        return list(self.claim.ours(keys).order_by("account_id"))

    def _run(self, step: Step, run: Run, keys: Sequence[UUID]) -> list[UUID]:
        outcomes: Mapping[UUID, Outcome] = {}
        passed: list[UUID] = []
        with transaction.atomic(durable=True):
            rows, stopped = self._admitted(keys)
            if step.local:
                outcomes = run(rows, self.now)
                passed = self._mark(step.name, rows, outcomes)
            else:
                for kind in step.calls:
                    # Sweeps of other workers leave them alone for a while: they are made right below.
                    effects.add_all(rows, kind, now=self.now, due_at=self.now + HEAD_START)
        if not step.local:
            outcomes = run(rows, self.now)
            passed = self._finish(rows, outcomes) if step.name is LAST else self._mark(step.name, rows, outcomes)
        for row in rows:
            self._settle(row, step.name, outcomes[row.pk])
        for row, causes in stopped:
            self._stop(row, step.name, causes)
        return passed

    def _leave_alone(self, keys: Sequence[UUID]) -> None:
        """Tell staff what kills its workers instead of doing it; before sealing an hour of that holds the request."""
        for row in self.claim.ours(keys) if keys else ():
            if step := plan.first_undone(row.plan):
                self.fail(row, step, story(plan.deaths(row.plan, step)), ending=Ending.FAILED, soon=False)

    def _admitted(
        self, keys: Sequence[UUID]
    ) -> tuple[list[ClosureRequest], list[tuple[ClosureRequest, frozenset[HeldReason]]]]:
        """Lock what is still ours, less what law or risk stops: any cause before sealing, then a legal one."""
        rows = self.claim.lock(keys)
        causes = stops([row.account_id for row in rows])
        stopped = [
            (row, frozenset(found))
            for row in rows
            if (found := causes.get(row.account_id)) and (row.sealed_at is None or HeldReason.LEGAL in found)
        ]
        out = {row.pk for row, _causes in stopped}
        return [row for row in rows if row.pk not in out], stopped

    def _mark(self, step: FinalStep, rows: Sequence[ClosureRequest], outcomes: Mapping[UUID, Outcome]) -> list[UUID]:
        done = [row for row in rows if isinstance(outcomes[row.pk], Done)]
        for row in done:
            row.plan = plan.passed(row.plan, step, at=self.now)
        self.claim.write(done, now=self.now)
        return [row.pk for row in done]

    def _finish(self, rows: Sequence[ClosureRequest], outcomes: Mapping[UUID, Outcome]) -> list[UUID]:
        """Mark the last step and close request and account, in one transaction."""
        done = [row.pk for row in rows if isinstance(outcomes[row.pk], Done)]
        with transaction.atomic(durable=True):
            ours, stopped = self._admitted(done)
            self._mark(LAST, ours, outcomes)
            closed = moves.finish([row.pk for row in ours], now=self.now) if ours else set()
            # What closes again after a restore had ended before: its dates stand, and its owner has the receipt.
            ended = [row for row in ours if row.pk in closed and row.first_ended_at is None]
            # The archive first: what is blocked while archived, and what a receipt says, follows its dates.
            archiving.postpone(ended, now=self.now)
            block_identifiers.count_from_closing(ended, now=self.now)
            writing.date_late(ended, now=self.now)
            book.rewrite([row.pk for row in ended if not plan.is_of_one_run(row.plan, self.now)])
        for row in ours:
            if row.pk in closed:
                self.tally.add(row.reference, Ending.CLOSED)
        for row, causes in stopped:
            self._stop(row, LAST, causes)
        return list(closed)

    def _stop(self, row: ClosureRequest, step: FinalStep, causes: frozenset[HeldReason]) -> None:
        if row.sealed_at is None:
            self._hold(row, causes, code="restriction_stands", since=None)
        else:
            self.claim.ours([row.pk]).update(plan=plan.rested(row.plan, step))
            moves.park(row.pk, now=self.now)
            self.tally.add(row.reference, Ending.WAITING, "parked")

    def _settle(self, row: ClosureRequest, step: FinalStep, outcome: Outcome) -> None:
        if isinstance(outcome, Hold):
            self._hold(row, outcome.causes, code=outcome.code, since=None)
        elif isinstance(outcome, Retry):
            self.fail(row, step, outcome.error, ending=Ending.WAITING)
        elif isinstance(outcome, Fatal):
            self.fail(row, step, outcome.error, ending=Ending.FAILED, soon=False)

    def fail(self, row: ClosureRequest, step: FinalStep, error: str, *, ending: Ending, soon: bool = True) -> None:
        """Keep the story of a failed attempt and wait; before sealing an hour of it holds the request."""
        row.plan = plan.failed(row.plan, step, error=error, at=self.now)
        wait = back_off(plan.attempts(row.plan, step)) if soon else LONGEST
        kept = self.claim.ours([row.pk]).update(plan=row.plan, next_try_at=self.now + wait)
        if kept and row.sealed_at is None and plan.has_failed_for(row.plan, step, PATIENCE, now=self.now):
            since = plan.failing_since(row.plan, step)
            self._hold(row, frozenset({HeldReason.UNREACHABLE}), code="unreachable", since=since)
        elif kept:
            self.tally.add(row.reference, ending, error)

    def _hold(self, row: ClosureRequest, causes: frozenset[HeldReason], *, code: str, since: datetime | None) -> None:
        try:
            moves.hold(row.pk, causes=causes, code=code, since=since, now=self.now)
        except TransitionRefused:
            if self.claim.ours([row.pk]).exists():
                raise
            return  # cancelled or rejected meanwhile
        ending = Ending.BLOCKED if HeldReason.BLOCKER in causes else Ending.HELD
        self.tally.add(row.reference, ending, ",".join(sorted(causes)))


def _chunks(keys: Sequence[UUID], step: Step) -> Iterator[Sequence[UUID]]:
    size = REMOTE_CHUNK if step.asks_the_core and keys and exchange.get_gateway().remote else len(keys) or 1
    for start in range(0, len(keys), size):
        yield keys[start : start + size]


def _after(step: FinalStep) -> FinalStep | None:
    built = tuple(STEPS)
    place = built.index(step) + 1
    return built[place] if place < len(built) else None
