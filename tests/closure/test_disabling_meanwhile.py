"""What happens between the look at the core and the lock stops disabling, with nothing done (E06, A12)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction

from accounts import suspicious
from accounts.actors import Actor
from accounts.enums import RestrictionKind
from accounts.exceptions import NotAllowed, PortalError
from accounts.models import Account, Attempt, StepUp
from accounts.restrictions import place
from tests import holding
from tests.closure.test_operations_disable import HELD, press, prove, untouched
from tests.factories import make_account
from tests.outbox import messages

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("E06", "A12")]
TESTS = Actor.system("tests")


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@contextmanager
def before_the_lock(happen: Callable[[], object]) -> Iterator[None]:
    """Let something happen once the core was asked, before the account is locked: when the password is checked."""
    happened: list[object] = []

    def run(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not happened and Attempt._meta.db_table in sql:
            happened.append(sql)
            happen()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(run):
        yield
    assert len(happened) == 1


def restrict(account: Account, kind: RestrictionKind, now: datetime) -> None:
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        place(locked, kind, actor=TESTS, note="", now=now)


@pytest.mark.parametrize(
    ("happen", "said"),
    [
        (lambda ana, now: holding.place(ana.pk, now=now), HELD),
        (lambda ana, now: restrict(ana, RestrictionKind.RISK_CONTROL, now), HELD),
        (
            lambda ana, now: restrict(ana, RestrictionKind.FRAUD_ALERT, now),
            "A restriction stops this. Open Security to see what to do.",
        ),
        (
            lambda ana, now: StepUp.objects.filter(account=ana).update(replaced_at=now),
            "Verify again: this action needs its own, fresh verification.",
        ),
    ],
    ids=["legal_hold", "risk_control", "fraud_alert", "verification"],
)
def test_what_comes_between_the_look_and_the_lock_stops_it(
    ana: Account, now: datetime, happen: Callable[[Account, datetime], object], said: str
) -> None:
    prove(ana, now)
    with before_the_lock(lambda: happen(ana, now)), pytest.raises(PortalError) as refused:
        press(ana, now)
    assert (refused.value.message, untouched(ana)) == (said, True)


def test_account_that_was_locked_between_the_look_and_the_lock_is_left_as_it_is(ana: Account, now: datetime) -> None:
    prove(ana, now)

    def somebody_raises_the_alarm() -> None:
        with transaction.atomic():
            suspicious.report(Account.objects.select_for_update().get(pk=ana.pk), actor=TESTS, now=now)

    with before_the_lock(somebody_raises_the_alarm), pytest.raises(NotAllowed) as refused:
        press(ana, now)
    assert (refused.value.code, messages(ana, template="account_disabled")) == ("account_not_open", [])
