"""Status: one writer, the moves of the table and no others, sessions ended with it."""

from datetime import datetime, timedelta
from itertools import product

import pytest
from django.db import transaction

from accounts import chain
from accounts.actors import Actor
from accounts.enums import AccountStatus, Action, SessionKind
from accounts.models import OPEN_FOR_SIGN_IN, Account, Event, Session
from accounts.sessions import SessionStore
from accounts.status import MOVES, StatusRefused, change_status, change_status_many
from tests.factories import make_account

pytestmark = pytest.mark.django_db

S = AccountStatus
SYSTEM = Actor.system("tests")
# Lifecycle, "Account", written out a second time on purpose.
ALLOWED = {
    (S.ACTIVE, S.INACTIVE),
    (S.INACTIVE, S.DORMANT),
    (S.INACTIVE, S.ACTIVE),
    (S.DORMANT, S.ACTIVE),
    (S.DISABLED, S.ACTIVE),
    (S.FROZEN, S.ACTIVE),
    (S.FROZEN, S.DISABLED),
    (S.FROZEN, S.CLOSED),
    *((status, S.DISABLED) for status in OPEN_FOR_SIGN_IN),
    *((status, S.FROZEN) for status in OPEN_FOR_SIGN_IN),
}


def move(account: Account, to: AccountStatus, *, now: datetime) -> None:
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        change_status(locked, to, actor=SYSTEM, reason="test", now=now)


@pytest.mark.parametrize(("came_from", "to"), list(product(S, S)))
def test_only_the_moves_of_the_table_are_made(came_from: AccountStatus, to: AccountStatus, now: datetime) -> None:
    ana = make_account("ana", status=came_from)
    if (came_from, to) in ALLOWED:
        move(ana, to, now=now)
    else:
        with pytest.raises(StatusRefused):
            move(ana, to, now=now)
    ana.refresh_from_db()
    changes = Event.objects.filter(action=Action.STATUS_CHANGED).count()
    expected = (to, 1) if (came_from, to) in ALLOWED else (came_from, 0)
    assert (ana.status, changes) == expected


def test_closed_is_the_end() -> None:
    assert MOVES[S.CLOSED] == frozenset()


@pytest.mark.row("E04", "H07")
@pytest.mark.parametrize("to", [S.FROZEN, S.DISABLED])
def test_closing_sign_in_ends_every_session_in_the_same_move(to: AccountStatus, now: datetime) -> None:
    ana, bea = make_account("ana"), make_account("bea")
    for account in (ana, ana, bea):
        store = SessionStore()
        store.name_somebody(SessionKind.CUSTOMER, account.pk)
        store.save()
    before = ana.get_session_auth_hash()
    move(ana, to, now=now)
    ana.refresh_from_db()
    assert set(Session.objects.values_list("account_id", flat=True)) == {bea.pk}
    assert (ana.session_epoch, ana.get_session_auth_hash() == before, ana.is_active) == (1, False, False)
    assert chain.verify()[1] is None


def test_falling_asleep_ends_no_session(now: datetime) -> None:
    ana = make_account("ana")
    move(ana, S.INACTIVE, now=now + timedelta(days=180))
    ana.refresh_from_db()
    assert (ana.session_epoch, ana.status_changed_at) == (0, now + timedelta(days=180))


def test_row_that_moved_meanwhile_is_refused(now: datetime) -> None:
    stale = make_account("ana")
    move(stale, S.INACTIVE, now=now)
    with pytest.raises(StatusRefused), transaction.atomic():
        change_status(stale, S.FROZEN, actor=SYSTEM, reason="test", now=now)


def test_batch_moves_all_and_tells_the_journal(now: datetime) -> None:
    people = [make_account(name, status=S.FROZEN) for name in ("ana", "bea")]
    with transaction.atomic():
        events = change_status_many(people, S.CLOSED, actor=SYSTEM, reason="test", now=now)
    assert {account.status for account in Account.objects.all()} == {S.CLOSED}
    assert ([event.account_id for event in events], chain.verify()[1]) == ([account.pk for account in people], None)


def test_batch_with_one_that_moved_moves_none(now: datetime) -> None:
    people = [make_account(name, status=S.FROZEN) for name in ("ana", "bea")]
    move(people[0], S.ACTIVE, now=now)
    with pytest.raises(StatusRefused), transaction.atomic():
        change_status_many(people, S.CLOSED, actor=SYSTEM, reason="test", now=now)
    assert Account.objects.filter(status=S.CLOSED).count() == 0


def test_batch_never_closes_sign_in(now: datetime) -> None:
    with pytest.raises(StatusRefused), transaction.atomic():
        change_status_many([make_account("ana")], S.FROZEN, actor=SYSTEM, reason="test", now=now)
    assert change_status_many([], S.CLOSED, actor=SYSTEM, reason="test", now=now) == []
