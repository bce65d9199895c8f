"""Negative balances end by settlement alone: who is asked about next, what ends one, and that its owner is told."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from accounts import restrictions, settlement
from accounts.actors import Actor
from accounts.enums import RestrictionKind
from accounts.exceptions import NotAllowed
from accounts.models import Account, Event, Restriction, RestrictionReport
from tests.factories import make_account, make_staff
from tests.outbox import messages

pytestmark = [pytest.mark.django_db, pytest.mark.row("K01")]
CORE = Actor.core()


def negative(account: Account, at: datetime) -> Restriction:
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        return restrictions.place(locked, RestrictionKind.NEGATIVE_BALANCE, actor=CORE, note="", now=at)


def test_settlement_ends_it_and_tells_the_owner(now: datetime) -> None:
    ana = make_account("ana")
    row = negative(ana, now)
    assert settlement.standing(ana.pk) == row
    assert settlement.settle(row.pk, asked_at=now, actor=CORE, now=now) is True
    row.refresh_from_db()
    assert (row.lifted_at, row.lifted_by, settlement.standing(ana.pk)) == (now, "core:core", None)
    told = messages(ana, template="balance_settled")
    assert [each.channel for each in told] == ["email", "sms"]
    assert Event.objects.filter(account_id=ana.pk, action="restriction.lifted").count() == 1
    assert settlement.settle(row.pk, asked_at=now, actor=CORE, now=now) is False
    assert len(messages(ana, template="balance_settled")) == 2


def test_answer_from_before_it_was_placed_ends_nothing(now: datetime) -> None:
    row = negative(make_account("ana"), now)
    before = now - timedelta(seconds=1)
    assert settlement.settle(row.pk, asked_at=before, actor=CORE, now=now) is False
    assert settlement.settle(row.pk, asked_at=now, actor=CORE, now=now) is True


@pytest.mark.parametrize(
    ("move", "kind", "seconds", "is_ended"),
    [
        ("placed", "negative_balance", -1, True),
        ("placed", "negative_balance", 0, False),
        ("placed", "negative_balance", 1, False),
        ("placed", "fraud_alert", 1, True),
        ("lifted", "negative_balance", 1, True),
    ],
)
def test_answer_from_before_it_was_reported_again_ends_nothing(
    now: datetime, move: str, kind: str, seconds: int, is_ended: bool
) -> None:
    ana = make_account("ana")
    row, taken_at = negative(ana, now - timedelta(minutes=1)), now + timedelta(seconds=seconds)
    told = {"account_id": ana.pk, "kind": kind, "move": move, "at": now, "outcome": "nothing"}
    RestrictionReport.objects.create(event_id="core-2", taken_at=taken_at, **told)
    assert settlement.settle(row.pk, asked_at=now, actor=CORE, now=now) is is_ended


def test_nobody_but_core_and_portal_settles(now: datetime) -> None:
    ana = make_account("ana")
    row = negative(ana, now)
    sam = make_staff("sam")
    for actor in (Actor.customer(ana), Actor.staff(sam)):
        with pytest.raises(NotAllowed):
            settlement.settle(row.pk, asked_at=now, actor=actor, now=now)
    assert settlement.standing(ana.pk) == row


def test_other_restrictions_are_nothing_to_settle(now: datetime) -> None:
    ana = make_account("ana")
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=ana.pk)
        row = restrictions.place(locked, RestrictionKind.FRAUD_ALERT, actor=CORE, note="", now=now)
    assert settlement.settle(row.pk, asked_at=now, actor=CORE, now=now) is False
    assert (settlement.standing(ana.pk), list(settlement.due(now))) == (None, [])


def test_those_never_asked_about_come_first_then_the_longest_waiting(now: datetime) -> None:
    rows = {name: negative(make_account(name), now) for name in ("ana", "ben", "cem", "dan")}
    for name, minutes in (("ana", 59), ("ben", 61), ("cem", 60)):
        settlement.note_asked(rows[name].pk, now=now - timedelta(minutes=minutes))
    assert list(settlement.due(now)) == [rows["dan"], rows["ben"], rows["cem"]]
    settlement.ask_soon(rows["ana"].account_id)
    assert list(settlement.due(now)) == [rows["ana"], rows["dan"], rows["ben"], rows["cem"]]
