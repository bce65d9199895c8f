"""What a reset password means for closing: the contact that carried the link proves nothing, and the wait is longer."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts import clock
from accounts.actors import Actor
from accounts.enums import FactorKind, Purpose
from accounts.models import Account, EmailDevice, SmsDevice
from accounts.verification import step_up as step_ups
from closure import fresh_factor
from closure.enums import ClosureAction, ClosureState
from closure.finalization.runner import finalize_due
from closure.operations.check import run_check
from closure.operations.verify import begin_verification
from tests.closure.by_operations import drafted, exported, submitted
from tests.closure.scenes import make_request
from tests.factories import make_account

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("J03")]


def bar(account: Account, device_class: Any = EmailDevice, hours: int = 48) -> None:
    """Leave the account as a reset by this contact leaves it."""
    device_class.objects.filter(user=account).update(barred_until=clock.now() + timedelta(hours=hours))


def codes(account: Account, now: datetime) -> list[str]:
    """Return the codes of the blockers of the account check."""
    run = run_check(drafted(account, now).pk, actor=Actor.customer(account), now=now)
    return [each["code"] for each in run.result["blockers"]]


def test_account_with_nothing_else_cannot_close(now: datetime) -> None:
    ana, bea = make_account("ana", totp=False), make_account("bea", totp=False)
    bar(ana, SmsDevice)
    assert (codes(ana, now), codes(bea, now)) == (["second_factor"], [])


def test_contact_that_reset_the_password_is_not_asked_for_closing(now: datetime) -> None:
    ana = make_account("ana")
    bar(ana)
    begun = begin_verification(exported(ana, now).pk, now=now)
    assert {factor.kind for factor in step_ups.factors(begun)} == {FactorKind.SMS, FactorKind.TOTP}


def test_bar_ends_by_itself(now: datetime) -> None:
    ana = make_account("ana", phone=None)
    bar(ana, hours=0)
    begun = begin_verification(exported(ana, now).pk, now=now)
    assert {factor.kind for factor in step_ups.factors(begun)} == {FactorKind.EMAIL, FactorKind.TOTP}


def test_cancelling_does_not_take_the_contact_either(now: datetime) -> None:
    ana = make_account("ana")
    request = make_request(ana, ClosureState.COOLING_OFF, now=now)
    bar(ana)
    offered = fresh_factor.factors(request, ClosureAction.CANCEL, carried_by=FactorKind.SMS, now=now)
    assert [factor.kind for factor in offered] == [FactorKind.TOTP]


def test_barred_code_proves_nothing_for_any_purpose_but_signing_in(now: datetime) -> None:
    ana = make_account("ana", phone=None, totp=False)
    bar(ana)
    found = {}
    for purpose in Purpose:
        begun = step_ups.begin(
            ana,
            purpose=purpose,
            digest=b"x" * 32,
            kinds=frozenset({FactorKind.EMAIL}),
            needed=1,
            second_factor_required=False,
            window=timedelta(minutes=10),
            extensions=0,
            now=now,
        )
        found[purpose] = len(step_ups.factors(begun))
    assert {purpose for purpose, count in found.items() if count} == {Purpose.SIGN_IN}


def test_closed_account_keeps_no_password_of_before(now: datetime, advance: Any) -> None:
    ana = make_account("ana")
    ana.passwords_used.create(encoded="argon2$former", replaced_at=now)
    submitted(ana, now)
    finalize_due(now=advance(days=8))
    ana.refresh_from_db()
    assert (ana.status, ana.passwords_used.count()) == ("closed", 0)
