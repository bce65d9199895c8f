"""Fail closed: a core that errs or says nothing advances nothing; after an hour it holds (A19, invariant 2)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import connection, models

from accounts.models import Account
from closure.effects import LEASE
from closure.enums import ClosureState, HeldReason
from closure.exchange.ledger.models import LedgerAccountState, LedgerHolding
from closure.finalization.plan import ORDER
from closure.finalization.runner import finalize_due
from closure.finalization.summary import Summary
from closure.models import ClosureRequest
from tests.closure.closing import approved

pytestmark = pytest.mark.django_db(transaction=True)
# What the core keeps its own things in: without it, the ledger answers "unreachable" to every call that needs it.
LOCKS, BALANCES = LedgerAccountState, LedgerHolding


@contextmanager
def away(model: type[models.Model], *, under: str = "away") -> Iterator[None]:
    """Take a table away from the core."""
    quote, table = connection.ops.quote_name, model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {quote(table)} RENAME TO {quote(under)}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {quote(under)} RENAME TO {quote(table)}")


def story(request: ClosureRequest) -> tuple[str, str | None]:
    """Return the step that waits and why."""
    request.refresh_from_db()
    return next(
        (step, entry.get("error")) for step, entry in request.plan.items() if entry["state"] not in {"done", "absent"}
    )


@pytest.mark.row("A19")
def test_core_away_before_deposits_are_locked_waits(now: datetime) -> None:
    request = approved(now=now)
    with away(LOCKS):
        assert finalize_due(now=now) == Summary(waiting=1)
    assert story(request) == ("lock_deposits", "lock_deposits: Unreachable")
    assert request.next_try_at == now + timedelta(seconds=10)
    assert finalize_due(now=now + timedelta(seconds=20)) == Summary(closed=1)


@pytest.mark.row("A19")
def test_core_away_at_the_recheck_waits(now: datetime) -> None:
    request = approved(now=now)
    with away(BALANCES):
        assert finalize_due(now=now) == Summary(waiting=1)
    assert story(request) == ("recheck", "could not be checked")
    assert finalize_due(now=now + timedelta(minutes=1)) == Summary(closed=1)


@pytest.mark.row("A19")
@pytest.mark.parametrize("model", [LOCKS, BALANCES])
def test_core_away_for_an_hour_holds(now: datetime, model: type[models.Model]) -> None:
    request = approved(now=now)
    with away(model):
        for minutes in (0, 20, 40, 59):
            assert finalize_due(now=now + timedelta(minutes=minutes)) == Summary(waiting=1)
        assert finalize_due(now=now + timedelta(minutes=61)) == Summary(held=1)
    request.refresh_from_db()
    assert (request.state, request.held_reasons) == (ClosureState.HELD, [HeldReason.UNREACHABLE])
    assert Account.objects.get(pk=request.account_id).email == "ana@example.test"


def test_core_away_after_sealing_is_asked_until_it_answers(now: datetime) -> None:
    request = approved(now=now)
    done = {step.value: {"state": "done", "attempts": 1, "at": now.isoformat()} for step in ORDER[:-1]}
    ClosureRequest.objects.filter(pk=request.pk).update(
        state=ClosureState.FINALIZING, next_try_at=now, plan=done, sealed_at=now
    )
    LedgerAccountState.objects.create(account_id=request.account_id, deposits_locked=True, frozen=True)
    with away(LOCKS):
        assert finalize_due(now=now) == Summary(waiting=1)
        assert finalize_due(now=now + timedelta(hours=2)) == Summary(waiting=1)
    assert finalize_due(now=now + timedelta(hours=3) + LEASE) == Summary(closed=1)
