"""Codes of a step-up: sent within limits, kept as digests, right once, in their one context."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
import time_machine

from accounts.enums import Purpose
from accounts.exceptions import PortalError, TooManyAttempts, WrongCode
from accounts.models import Account, Attempt, EmailDevice, OneTimeCode, SmsDevice, TotpDevice
from accounts.verification import step_up
from accounts.verification.factors import sending
from tests.accounts.verification.ceremony import TINY, Open, device_of, give_sent, give_totp
from tests.factories import totp_code
from tests.outbox import last_code, messages

pytestmark = pytest.mark.django_db


@pytest.mark.row("D07")
def test_code_for_signing_in_closes_nothing(begin: Open, ana: Account, now: datetime) -> None:
    signing_in = begin(purpose=Purpose.SIGN_IN)
    step_up.challenge(signing_in, device_of(ana, SmsDevice), now=now)
    code = last_code(ana)
    with pytest.raises(WrongCode):
        step_up.answer(begin(), device_of(ana, SmsDevice), code, now=now)
    assert step_up.answer(signing_in, device_of(ana, SmsDevice), code, now=now).passed


def test_code_of_one_device_is_none_of_another(begin: Open, ana: Account, now: datetime) -> None:
    row = begin()
    step_up.challenge(row, device_of(ana, EmailDevice), now=now)
    with pytest.raises(WrongCode):
        step_up.answer(row, device_of(ana, SmsDevice), last_code(ana), now=now)


def test_sent_code_works_once(begin: Open, ana: Account, now: datetime) -> None:
    row, device = begin(), device_of(ana, EmailDevice)
    step_up.challenge(row, device, now=now)
    code = last_code(ana)
    step_up.answer(row, device, code, now=now)
    with pytest.raises(WrongCode):
        step_up.answer(row, device, code, now=now)


def test_sent_code_lives_ten_minutes(begin: Open, ana: Account, now: datetime) -> None:
    row, device = begin(window=timedelta(hours=1)), device_of(ana, EmailDevice)
    step_up.challenge(row, device, now=now)
    with pytest.raises(WrongCode):
        step_up.answer(row, device, last_code(ana), now=now + sending.LIFE)
    assert step_up.answer(row, device, last_code(ana), now=now + sending.LIFE - TINY).passed


def test_new_code_replaces_the_one_before(begin: Open, ana: Account, now: datetime) -> None:
    row, device = begin(), device_of(ana, EmailDevice)
    step_up.challenge(row, device, now=now)
    old = last_code(ana)
    step_up.challenge(row, device, now=now + sending.APART)
    # One in a million pairs is equal, and then both are right.
    if last_code(ana) != old:
        with pytest.raises(WrongCode):
            step_up.answer(row, device, old, now=now + sending.APART)
    assert OneTimeCode.objects.filter(used_at=None).count() == 1


def test_second_press_sends_nothing_more(begin: Open, ana: Account, now: datetime) -> None:
    row, device = begin(), device_of(ana, EmailDevice)
    step_up.challenge(row, device, now=now)
    step_up.challenge(row, device, now=now + sending.APART - TINY)
    assert len(messages(ana)) == 1


def test_sending_has_a_limit(begin: Open, ana: Account, now: datetime) -> None:
    row, device = begin(), device_of(ana, EmailDevice)
    for number in range(5):
        step_up.challenge(row, device, now=now + number * sending.APART)
    with pytest.raises(TooManyAttempts):
        step_up.challenge(row, device, now=now + 5 * sending.APART)
    assert len(messages(ana)) == 5


def test_beginning_again_does_not_lift_the_limit_of_an_hour(begin: Open, ana: Account, now: datetime) -> None:
    device = device_of(ana, SmsDevice)
    for _number in range(20):
        step_up.challenge(begin(), device, now=now)
    with pytest.raises(TooManyAttempts) as refused:
        step_up.challenge(begin(), device, now=now)
    assert refused.value.retry_at == now + timedelta(hours=1)
    later = now + timedelta(hours=1)
    step_up.challenge(begin(now=later), device, now=later)
    assert len(messages(ana)) == 21


def test_authenticator_is_sent_nothing(begin: Open, ana: Account, now: datetime) -> None:
    step_up.challenge(begin(), device_of(ana, TotpDevice), now=now)
    assert messages(ana) == []


def test_code_is_kept_as_a_digest_only(begin: Open, ana: Account, now: datetime) -> None:
    step_up.challenge(begin(), device_of(ana, SmsDevice), now=now)
    code = last_code(ana).encode()
    row = OneTimeCode.objects.get()
    assert len(bytes(row.digest)) == 32
    assert code not in bytes(row.digest)
    assert code not in bytes(messages(ana)[0].payload or b"")


def test_each_purpose_has_words_of_its_own(begin: Open, ana: Account, now: datetime) -> None:
    for purpose in (Purpose.SIGN_IN, Purpose.CLOSE_ACCOUNT, Purpose.CANCEL_CLOSURE):
        step_up.challenge(begin(purpose=purpose), device_of(ana, SmsDevice), now=now)
    assert [message.template for message in messages(ana)] == ["sign_in_code", "closing_code", "confirmation_code"]


@pytest.mark.parametrize("typed", ["123 456", "123-456", " 123456 "])
def test_code_may_be_typed_with_spaces(begin: Open, ana: Account, now: datetime, typed: str) -> None:
    row, device = begin(), device_of(ana, TotpDevice)
    code = totp_code(ana)
    assert step_up.answer(row, device, typed.replace("123", code[:3]).replace("456", code[3:]), now=now).passed


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "१२३४५६", "1" * 10_000, "0", "-12345"])
def test_what_is_no_code_is_wrong(begin: Open, ana: Account, now: datetime, typed: str) -> None:
    with pytest.raises(WrongCode):
        step_up.answer(begin(), device_of(ana, TotpDevice), typed, now=now)


@pytest.mark.parametrize("device", ["", "nobody", str(UUID(int=7))])
def test_device_nobody_has_is_wrong(begin: Open, ana: Account, now: datetime, device: str) -> None:
    with pytest.raises(WrongCode):
        step_up.answer(begin(), device, totp_code(ana), now=now)


def test_three_hundred_wrong_codes_end_in_a_lock(begin: Open, ana: Account, now: datetime) -> None:
    refusals: list[str] = []
    row, device = begin(), device_of(ana, TotpDevice)
    for _number in range(300):
        with pytest.raises(PortalError) as refused:
            step_up.answer(row, device, "000000x", now=now)
        refusals.append(refused.value.code)
    assert refusals == ["wrong_code"] * 5 + ["too_many_attempts"] * 295
    with pytest.raises(TooManyAttempts):
        step_up.answer(row, device, totp_code(ana), now=now)


def test_devices_share_one_budget(begin: Open, ana: Account, now: datetime) -> None:
    row = begin()
    for kind in (EmailDevice, SmsDevice, TotpDevice, EmailDevice, SmsDevice):
        with pytest.raises(WrongCode):
            step_up.answer(row, device_of(ana, kind), "x", now=now)
    with pytest.raises(TooManyAttempts):
        give_totp(row, now=now)


def test_beginning_again_gives_no_new_budget(begin: Open, ana: Account, now: datetime) -> None:
    for _number in range(5):
        with pytest.raises(WrongCode):
            step_up.answer(begin(), device_of(ana, TotpDevice), "x", now=now)
    with pytest.raises(TooManyAttempts):
        give_totp(begin(), now=now)


def test_right_code_gives_its_attempt_back(begin: Open, ana: Account, now: datetime) -> None:
    row = give_sent(begin(), EmailDevice, now=now)
    give_totp(row, now=now)
    assert set(Attempt.objects.filter(subject=ana.pk).values_list("failures", flat=True)) == {0}


def test_authenticator_accepts_the_step_before_but_not_two(begin: Open, ana: Account, now: datetime) -> None:
    device = TotpDevice.objects.get(user=ana)
    with time_machine.travel(1_800_000_000, tick=False):
        assert not device.spend_step(device.code_at(1_800_000_000 - 60))
        assert not device.spend_step(device.code_at(1_800_000_000 + 30))
        assert device.spend_step(device.code_at(1_800_000_000 - 30))
        device.refresh_from_db()
        assert not device.spend_step(device.code_at(1_800_000_000 - 30))
        assert device.spend_step(device.code_at(1_800_000_000))
