"""Step-ups: bound to account, purpose and action; in time; of confirmed factors; used once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.enums import FactorKind, Purpose
from accounts.exceptions import NotAllowed, ProofRefused, VerificationExpired, WrongCode
from accounts.models import Account, EmailDevice, SmsDevice, TotpDevice
from accounts.verification import step_up
from tests.accounts.verification.ceremony import ALL, TINY, WINDOW, Open, device_of, give_sent, give_totp, prove
from tests.factories import add_totp, make_account, totp_code

pytestmark = pytest.mark.django_db


def test_two_kinds_with_a_second_factor_complete_it(begin: Open, now: datetime) -> None:
    row = give_totp(begin(), now=now)
    assert not step_up.is_complete(row, now)
    row = give_sent(row, EmailDevice, now=now)
    assert step_up.is_complete(row, now)
    assert prove(row, now=now).kinds == {FactorKind.TOTP, FactorKind.EMAIL}


@pytest.mark.row("A13")
def test_email_code_is_no_second_factor(begin: Open, now: datetime) -> None:
    row = give_sent(begin(needed=1), EmailDevice, now=now)
    assert not step_up.is_complete(row, now)
    with pytest.raises(ProofRefused):
        prove(row, now=now)
    assert step_up.is_complete(give_sent(row, SmsDevice, now=now), now)


@pytest.mark.row("D01")
def test_further_right_code_is_accepted(begin: Open, now: datetime) -> None:
    row = begin()
    for kind in (EmailDevice, SmsDevice):
        row = give_sent(row, kind, now=now)
    row = give_totp(row, now=now)
    assert prove(row, now=now).kinds == ALL


@pytest.mark.row("D01")
def test_one_kind_given_twice_is_one_kind(begin: Open, now: datetime) -> None:
    row = give_totp(begin(), now=now)
    row = give_totp(row, now=now)
    assert [entry["kind"] for entry in row.passed] == ["totp"]
    assert not step_up.is_complete(row, now)


def test_factors_tell_their_state(begin: Open, ana: Account, now: datetime) -> None:
    row = begin()
    step_up.challenge(row, device_of(ana, EmailDevice), now=now)
    row = give_totp(row, now=now)
    told = [(factor.kind, factor.state, factor.hint) for factor in step_up.factors(row)]
    assert told == [
        (FactorKind.EMAIL, "sent", "a•••@example.test"),
        (FactorKind.SMS, "open", f"+1•••{str(ana.phone)[-2:]}"),
        (FactorKind.TOTP, "passed", "authenticator"),
    ]


def test_factors_of_other_kinds_are_not_offered(begin: Open, ana: Account, now: datetime) -> None:
    row = begin(kinds=frozenset({FactorKind.TOTP}))
    assert [factor.kind for factor in step_up.factors(row)] == [FactorKind.TOTP]
    with pytest.raises(WrongCode):
        step_up.challenge(row, device_of(ana, EmailDevice), now=now)


@pytest.mark.row("D02")
def test_window_counts_from_the_first_factor(begin: Open, now: datetime) -> None:
    first = now + timedelta(minutes=9)
    row = give_totp(begin(), now=first)
    assert row.expires_at == first + WINDOW
    assert give_sent(row, EmailDevice, now=first + WINDOW - TINY).expires_at == first + WINDOW


@pytest.mark.row("D02")
def test_late_factor_is_refused_and_all_start_over(begin: Open, ana: Account, now: datetime) -> None:
    row = give_totp(begin(), now=now)
    with pytest.raises(VerificationExpired):
        step_up.answer(row, device_of(ana, TotpDevice), totp_code(ana), now=now + WINDOW)
    with pytest.raises(VerificationExpired):
        step_up.challenge(row, device_of(ana, EmailDevice), now=now + WINDOW)
    assert [factor.state for factor in step_up.factors(begin(now=now + WINDOW))] == ["open", "open", "open"]


@pytest.mark.row("D02")
def test_complete_verification_runs_out(begin: Open, now: datetime) -> None:
    row = give_sent(give_totp(begin(), now=now), EmailDevice, now=now)
    assert prove(row, now=now + WINDOW - TINY).account_id == row.account_id
    with pytest.raises(ProofRefused):
        prove(row, now=now + WINDOW)


@pytest.mark.row("D02")
def test_each_extension_adds_one_window(begin: Open, now: datetime) -> None:
    row = give_totp(begin(extensions=2), now=now)
    row = step_up.extend(row, now=now)
    row = step_up.extend(row, now=now)
    assert (row.expires_at, row.extensions_left) == (now + 3 * WINDOW, 0)
    with pytest.raises(NotAllowed):
        step_up.extend(row, now=now)


def test_extension_before_the_first_factor_counts(begin: Open, now: datetime) -> None:
    row = step_up.extend(begin(), now=now)
    later = now + timedelta(minutes=15)
    assert give_totp(row, now=later).expires_at == later + 2 * WINDOW


def test_expired_verification_cannot_be_extended(begin: Open, now: datetime) -> None:
    with pytest.raises(VerificationExpired):
        step_up.extend(begin(), now=now + WINDOW)


@pytest.mark.row("D07")
def test_proof_is_for_one_account_purpose_and_action(begin: Open, now: datetime) -> None:
    row = give_sent(give_totp(begin(), now=now), EmailDevice, now=now)
    wrong: list[dict[str, Any]] = [
        {"digest": b"e" * 32},
        {"digest": b""},
        {"purpose": Purpose.CANCEL_CLOSURE},
        {"account": make_account("bea")},
    ]
    for facts in wrong:
        with pytest.raises(ProofRefused):
            prove(row, now=now, **facts)


@pytest.mark.row("D07")
def test_proof_is_used_once(begin: Open, now: datetime) -> None:
    proof = prove(give_sent(give_totp(begin(), now=now), EmailDevice, now=now), now=now)
    with transaction.atomic():
        step_up.consume(proof, now=now)
    with pytest.raises(ProofRefused), transaction.atomic():
        step_up.consume(proof, now=now)


def test_used_verification_proves_nothing_more(begin: Open, ana: Account, now: datetime) -> None:
    row = give_sent(give_totp(begin(), now=now), EmailDevice, now=now)
    with transaction.atomic():
        step_up.consume(prove(row, now=now), now=now)
    with pytest.raises(ProofRefused):
        prove(row, now=now)
    with pytest.raises(VerificationExpired):
        step_up.answer(row, device_of(ana, TotpDevice), totp_code(ana), now=now)


def test_proof_is_late_when_used_late(begin: Open, now: datetime) -> None:
    proof = prove(give_sent(give_totp(begin(), now=now), EmailDevice, now=now), now=now)
    with pytest.raises(ProofRefused), transaction.atomic():
        step_up.consume(proof, now=now + WINDOW)


def test_new_verification_replaces_the_open_one(begin: Open, ana: Account, now: datetime) -> None:
    first = give_sent(give_totp(begin(), now=now), EmailDevice, now=now)
    second = begin()
    assert step_up.current(ana.pk, Purpose.CLOSE_ACCOUNT) == second
    with pytest.raises(ProofRefused):
        prove(first, now=now)


@pytest.mark.row("A13")
def test_unconfirmed_factor_authorizes_nothing(begin: Open, now: datetime) -> None:
    bea = make_account("bea", totp=False)
    device = add_totp(bea, now=now, confirmed=False)
    row = begin(account=bea)
    with pytest.raises(WrongCode):
        step_up.answer(row, device.id, totp_code(bea), now=now)
    assert FactorKind.TOTP not in {factor.kind for factor in step_up.factors(row)}


def test_factor_that_was_taken_off_authorizes_nothing(begin: Open, ana: Account, now: datetime) -> None:
    row = give_sent(give_totp(begin(), now=now), EmailDevice, now=now)
    TotpDevice.objects.filter(user=ana).update(confirmed=False)
    with pytest.raises(ProofRefused):
        prove(row, now=now)


def test_factor_of_somebody_else_authorizes_nothing(begin: Open, now: datetime) -> None:
    bea = make_account("bea")
    with pytest.raises(WrongCode):
        step_up.answer(begin(), device_of(bea, TotpDevice), totp_code(bea), now=now)
