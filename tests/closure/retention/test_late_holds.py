"""Compliance is called once about a hold that nobody confirmed in time."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.enums import AccountStatus, Role
from accounts.models import Account, Event, OutboxMessage
from accounts.overdue import TEMPLATE
from closure.operations.sweep import run_sweeps
from closure.retention import hold_queries, holds
from closure.retention.late_holds import OVERDUE, tell_overdue
from tests.factories import make_account, make_staff
from tests.holding import CASE, lift, officer, place
from tests.outbox import messages, opened
from tests.races import race

pytestmark = pytest.mark.row("H05")
DAY = timedelta(hours=24)


@pytest.mark.django_db
def test_every_officer_is_told_once(now: datetime, advance: Callable[..., datetime]) -> None:
    olga, omar, _sam = make_staff("olga", Role.COMPLIANCE), make_staff("omar", Role.COMPLIANCE), make_staff("sam")
    gone = make_staff("otto", Role.COMPLIANCE)
    Account.objects.filter(pk=gone.pk).update(status=AccountStatus.DISABLED)
    ana = make_account("ana")
    place(ana.pk, now=now)
    late = advance(hours=24)
    assert [run_sweeps(at)["holds_overdue"] for at in (late - timedelta(seconds=1), late, late)] == [0, 1, 0]
    mails = OutboxMessage.objects.filter(template=TEMPLATE).order_by("account_id")
    assert [mail.account_id for mail in mails] == sorted([olga.pk, omar.pk])
    said = opened(messages(olga)[0])
    assert (said.to, said.context["account"], CASE in str(said)) == (olga.email, ana.short_id, False)
    assert Event.objects.filter(account_id=ana.pk, action=OVERDUE).count() == 1


@pytest.mark.django_db
def test_each_hold_is_told_of_by_itself(now: datetime) -> None:
    ana = make_account("ana")
    place(ana.pk, now=now)
    assert tell_overdue(now + DAY) == 1
    place(ana.pk, now=now + DAY)
    assert [tell_overdue(now + 2 * DAY), tell_overdue(now + 3 * DAY)] == [1, 0]


@pytest.mark.django_db
def test_confirmed_and_lifted_holds_are_never_late(now: datetime) -> None:
    confirmed, lifted, late = (place(make_account(name).pk, now=now) for name in ("ana", "ben", "cid"))
    holds.confirm(confirmed.pk, reason="x", actor=officer("omar"), now=now)
    lift(lifted, now=now)
    assert list(hold_queries.overdue(now + DAY)) == [late]
    every = (confirmed, lifted, late)
    for hold in every:
        hold.refresh_from_db()
    states = [hold_queries.state_of(hold, now + DAY).value for hold in every]
    assert states == ["confirmed", "lifted", "overdue"]
    assert hold_queries.state_of(late, now + DAY - timedelta(seconds=1)).value == "placed"


@pytest.mark.django_db
def test_late_hold_stands_and_can_be_confirmed(now: datetime) -> None:
    hold = place(make_account("ana").pk, now=now)
    tell_overdue(now + DAY)
    assert list(hold_queries.standing()) == [hold]
    holds.confirm(hold.pk, reason="x", actor=officer("omar"), now=now + 2 * DAY)
    assert list(hold_queries.overdue(now + 3 * DAY)) == []


@pytest.mark.django_db(transaction=True)
def test_many_sweeps_at_once_tell_once(now: datetime) -> None:
    olga = make_staff("olga", Role.COMPLIANCE)
    place(make_account("ana").pk, now=now)
    assert sorted(map(str, race(6, lambda: tell_overdue(now + DAY)))) == ["0"] * 5 + ["1"]
    assert len(messages(olga)) == 1
