"""Step-ups under races and rolled-back requests."""

from datetime import datetime
from functools import partial
from typing import Any

import django_otp
import pytest
from django.db import transaction

from accounts.codes import Answer
from accounts.exceptions import ProofRefused, TooManyAttempts, WrongCode
from accounts.models import Account, Attempt, EmailDevice, SmsDevice, StepUp, TotpDevice
from accounts.verification import step_up
from tests.accounts.verification.ceremony import Open, device_of, give_sent, give_totp, prove
from tests.factories import totp_code
from tests.outbox import last_code
from tests.races import Racers, race

pytestmark = pytest.mark.django_db(transaction=True)
RACERS, ROUNDS = 16, 15


def test_answer_inside_a_transaction_checks_nothing(begin: Open, ana: Account, now: datetime) -> None:
    row = begin()
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        give_totp(row, now=now)
    assert StepUp.objects.get(pk=row.pk).passed == []


def test_wrong_codes_stay_counted_when_the_request_fails(begin: Open, ana: Account, now: datetime) -> None:
    row, device = begin(), device_of(ana, TotpDevice)

    def request() -> None:
        try:
            step_up.answer(row, device, "x", now=now)
        except WrongCode:
            with transaction.atomic():
                Attempt.objects.all().delete()
                raise ZeroDivisionError from None

    for _number in range(5):
        with pytest.raises(ZeroDivisionError):
            request()
    with pytest.raises(TooManyAttempts):
        request()


def test_one_authenticator_code_raced_by_sixteen_is_accepted_once(begin: Open, ana: Account, now: datetime) -> None:
    row, device, code = begin(), device_of(ana, TotpDevice), totp_code(ana)
    results = race(
        16, lambda: django_otp.verify_token(ana, TotpDevice(id=device).persistent_id, _typed(row, code, now))
    )
    assert [result.id for result in results if isinstance(result, TotpDevice)] == [device]
    assert results.count(None) == 15


@pytest.mark.row("D07")
@pytest.mark.parametrize("kind", [TotpDevice, EmailDevice, SmsDevice])
def test_one_code_answered_by_sixteen_is_accepted_once(
    begin: Open, ana: Account, now: datetime, kind: type[TotpDevice] | type[EmailDevice] | type[SmsDevice]
) -> None:
    device, ended = device_of(ana, kind), []
    with Racers(RACERS) as racers:
        for _round in range(ROUNDS):
            row = begin()
            code = _fresh_code(row, kind, now)
            results = racers.race([partial(step_up.answer, row, device, code, now=now)] * RACERS)
            refused = [result for result in results if isinstance(result, WrongCode | TooManyAttempts)]
            ended.append((len([result for result in results if isinstance(result, StepUp)]), len(refused)))
    assert ended == [(1, RACERS - 1)] * ROUNDS


def test_one_proof_raced_by_eight_is_used_once(begin: Open, now: datetime) -> None:
    proof = prove(give_sent(give_totp(begin(), now=now), EmailDevice, now=now), now=now)

    def use() -> str:
        with transaction.atomic():
            step_up.consume(proof, now=now)
        return "used"

    results = race(8, use)
    assert (results.count("used"), len([result for result in results if isinstance(result, ProofRefused)])) == (1, 7)


def test_beginnings_that_race_leave_one_open(begin: Open, ana: Account) -> None:
    results = race(8, begin)
    assert [type(result) for result in results] == [StepUp] * 8
    assert StepUp.objects.filter(account=ana, replaced_at=None).count() == 1


def _fresh_code(row: StepUp, kind: type[TotpDevice] | type[EmailDevice] | type[SmsDevice], now: datetime) -> str:
    """Return a code that was not given yet, and forget the failures of the round before."""
    Attempt.objects.all().delete()
    if kind is TotpDevice:
        TotpDevice.objects.update(last_step=-1)
        return totp_code(row.account)
    step_up.challenge(row, device_of(row.account, kind), now=now)
    return last_code(row.account)


def _typed(row: StepUp, code: str, now: datetime) -> Any:
    return Answer(code=code, step_up_id=row.pk, purpose=row.purpose, now=now)
