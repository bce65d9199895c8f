"""Claiming: a batch belongs to whoever wrote its lease, and every mark is written under it."""

import json
import secrets
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import Account
from closure.enums import ClosureState
from closure.finalization import plan
from closure.models import ClosureRequest

# After this a killed worker's requests are taken over. Longer than any chunk of calls to the core.
LEASE = timedelta(seconds=45)
RENEW_AFTER_SECONDS = LEASE.total_seconds() / 3


@dataclass(kw_only=True)
class Claim:
    """Requests that are ours: {request key: account key}, in order of accounts, until somebody writes another lease."""

    members: Mapping[UUID, UUID]
    lease: datetime
    written: float = field(default_factory=time.monotonic)

    def ours(self, keys: Sequence[UUID]) -> QuerySet[ClosureRequest]:
        """Return which of these are still ours: not held, cancelled, parked or taken over meanwhile."""
        return ClosureRequest.objects.filter(
            pk__in=keys, state=ClosureState.FINALIZING, next_try_at=self.lease, parked_at=None
        )

    def lock(self, keys: Sequence[UUID]) -> list[ClosureRequest]:
        """Lock those still ours, accounts first as everybody does, and return them with their accounts."""
        of = sorted(self.members[key] for key in keys)
        accounts = {row.pk: row for row in Account.objects.select_for_update().filter(pk__in=of).order_by("pk")}
        rows = list(self.ours(keys).select_for_update().order_by("account_id"))
        for row in rows:
            row.account = accounts[row.account_id]
        return rows

    def write(self, rows: Sequence[ClosureRequest], *, now: datetime) -> None:
        """Write the plans of these rows where they are still ours, one statement for equal plans.

        Whoever passes sealing here is sealed here: from now on it only goes forward.
        """
        for row in _write_plans(self.ours, rows, now=now):
            row.sealed_at = now

    def renew(self) -> None:
        """Move the lease on when a good part of it is over, where the rows are still ours; outside a transaction."""
        passed = time.monotonic() - self.written
        if passed > RENEW_AFTER_SECONDS:
            lease = self.lease + timedelta(seconds=passed)
            self.ours(list(self.members)).update(next_try_at=lease)
            self.lease, self.written = lease, self.written + passed

    def part(self, keys: Sequence[UUID]) -> "Claim":
        """Return the same claim over fewer requests."""
        return Claim(members={key: self.members[key] for key in keys}, lease=self.lease, written=self.written)


def ready(now: datetime) -> QuerySet[ClosureRequest]:
    """Return the requests whose plan can go on now."""
    waiting = Q(next_try_at=None) | Q(next_try_at__lte=now)
    return ClosureRequest.objects.filter(waiting, state=ClosureState.FINALIZING, parked_at=None)


def claim(*, now: datetime, limit: int, among: Collection[UUID] | None = None) -> Claim:
    """Take up to `limit` requests for ourselves, with the attempt at their next step recorded and committed.

    `among`: of these only.
    """
    # The random part tells two workers apart that were given the same time.
    lease = now + LEASE + timedelta(microseconds=secrets.randbelow(1_000_000))
    with transaction.atomic(durable=True):
        waiting = ready(now) if among is None else ready(now).filter(pk__in=among)
        found = waiting.select_for_update(skip_locked=True).order_by("next_try_at", "id")[:limit]
        rows = sorted(_safe_together(list(found)), key=lambda row: row.account_id)
        for row in rows:
            row.plan = plan.begun(row.plan, at=now)
        # Each row is written once: a second write of it here would make PostgreSQL lock its account, after the row
        # instead of before it, and everybody else locks the account first.
        _write_plans(_running, rows, now=now, next_try_at=lease)
    return Claim(members={row.pk: row.account_id for row in rows}, lease=lease)


def _running(keys: Sequence[UUID]) -> QuerySet[ClosureRequest]:
    return ClosureRequest.objects.filter(pk__in=keys, state=ClosureState.FINALIZING)


def _write_plans(
    among: Callable[[Sequence[UUID]], QuerySet[ClosureRequest]],
    rows: Sequence[ClosureRequest],
    *,
    now: datetime,
    **more: Any,
) -> list[ClosureRequest]:
    """Write the plans of these rows, one statement for equal ones; returns those that were sealed by it."""
    equal: dict[tuple[str, bool], list[ClosureRequest]] = {}
    for row in rows:
        seals = row.sealed_at is None and row.plan.get(plan.SEALING, {}).get("state") == plan.StepState.DONE
        equal.setdefault((json.dumps(row.plan, sort_keys=True), seals), []).append(row)
    for (_text, seals), group in equal.items():
        columns: dict[str, Any] = {**more, "plan": group[0].plan, **({"sealed_at": now} if seals else {})}
        among([row.pk for row in group]).update(**columns)
    return [row for (_text, seals), group in equal.items() if seals for row in group]


def _safe_together(rows: Sequence[ClosureRequest]) -> Sequence[ClosureRequest]:
    """Return which of these one worker takes at once: what a dead worker left goes alone, so that only it can kill."""
    sound = [row for row in rows if not plan.was_left_anywhere(row.plan)]
    return sound or rows[:1]
