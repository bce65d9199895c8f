"""Passkeys: one challenge, one answer, from our page, by this key, for this account and this verification."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.enums import FactorKind, Purpose
from accounts.exceptions import NotAllowed, ProofRefused, TooManyAttempts, VerificationExpired, WrongCode
from accounts.models import Account, Event, OneTimeCode, Passkey, StepUp
from accounts.verification import changes, enrollment, passkeys, step_up
from accounts.verification import sign_in as ceremony
from tests.accounts.verification.ceremony import Open, give_totp, prove
from tests.authenticator import Authenticator
from tests.changing import proof_of, verified
from tests.factories import make_account

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("D01", "D07")]
KINDS = frozenset({FactorKind.PASSKEY, FactorKind.TOTP})


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def key() -> Authenticator:
    return Authenticator()


def add(account: Account, key: Authenticator, *, now: datetime, name: str = "Key") -> Passkey:
    proof = proof_of(account, Purpose.ENROLL_FACTOR, FactorKind.PASSKEY, now=now)
    options = passkeys.registration_options(StepUp.objects.get(pk=proof.step_up_id), account, now=now)
    return enrollment.add_passkey(account, key.make(options), name=name, proof=proof, now=now)


@pytest.fixture
def device(ana: Account, key: Authenticator, now: datetime) -> Passkey:
    return add(ana, key, now=now)


def opened(begin: Open) -> StepUp:
    return begin(kinds=KINDS, needed=1)


def challenge(row: StepUp, device: Passkey, now: datetime) -> dict[str, Any]:
    return passkeys.assertion_options(row, device.pk, now=now)


def test_new_passkey_is_on_told_and_journaled(ana: Account, device: Passkey) -> None:
    assert (device.confirmed, device.name, device.persistent_id) == (
        True,
        "Key",
        f"accounts.passkey/{device.pk.int}",
    )
    event = Event.objects.get(action="factor.added")
    assert json.loads(bytes(event.body))["data"] == {"factor": "passkey", "device": str(device.pk)}


def test_answer_counts_as_a_second_factor_once(begin: Open, device: Passkey, key: Authenticator, now: datetime) -> None:
    row = opened(begin)
    answered = key.answer(challenge(row, device, now))
    done = step_up.answer(row, device.pk, answered, now=now)
    assert prove(done, now=now).kinds == {FactorKind.PASSKEY}
    assert Passkey.objects.get().last_used_at == now
    with pytest.raises(WrongCode):
        step_up.answer(row, device.pk, answered, now=now)


def test_passkey_signs_in(ana: Account, device: Passkey, key: Authenticator, now: datetime) -> None:
    row = ceremony.begin(ana, now=now)
    step_up.answer(row, device.pk, key.answer(challenge(row, device, now)), now=now)
    assert step_up.is_complete(StepUp.objects.get(pk=row.pk), now)


def test_replay_in_another_verification_is_refused(
    begin: Open, device: Passkey, key: Authenticator, now: datetime
) -> None:
    first = opened(begin)
    answered = key.answer(challenge(first, device, now))
    second = opened(begin)
    challenge(second, device, now)
    with pytest.raises(WrongCode):
        step_up.answer(second, device.pk, answered, now=now)


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://portal.example.test.evil.test"},
        {"host": "evil.test"},
        {"origin": "http://portal.example.test"},
    ],
    ids=["other_page", "other_host", "without_tls"],
)
def test_answer_from_another_origin_is_refused_and_the_challenge_spent(
    begin: Open, device: Passkey, key: Authenticator, now: datetime, wrong: dict[str, str]
) -> None:
    row = opened(begin)
    options = challenge(row, device, now)
    with pytest.raises(WrongCode):
        step_up.answer(row, device.pk, replace(key, **wrong).answer(options), now=now)  # type: ignore[arg-type]
    with pytest.raises(WrongCode):
        step_up.answer(row, device.pk, key.answer(options), now=now)


def test_key_of_another_account_is_refused(begin: Open, device: Passkey, now: datetime) -> None:
    other = Authenticator()
    stranger = add(make_account("bea"), other, now=now)
    row = opened(begin)
    options = challenge(row, device, now)
    for device_id in (device.pk, stranger.pk):
        with pytest.raises(WrongCode):
            step_up.answer(row, device_id, other.answer(options), now=now)
    with pytest.raises(WrongCode):
        challenge(row, stranger, now)


def test_another_key_with_the_same_name_of_credential_is_refused(
    begin: Open, device: Passkey, key: Authenticator, now: datetime
) -> None:
    row = opened(begin)
    forged = Authenticator(credential=key.credential)
    with pytest.raises(WrongCode):
        step_up.answer(row, device.pk, forged.answer(challenge(row, device, now)), now=now)


def test_cloned_key_is_found_by_its_counter(begin: Open, device: Passkey, key: Authenticator, now: datetime) -> None:
    clone = replace(key)
    row = opened(begin)
    for _time in range(3):
        step_up.answer(row, device.pk, key.answer(challenge(row, device, now)), now=now)
    with pytest.raises(WrongCode):
        step_up.answer(row, device.pk, clone.answer(challenge(row, device, now)), now=now)
    assert Passkey.objects.get().sign_count == 3


def test_newest_challenge_alone_works_and_for_ten_minutes(
    begin: Open, device: Passkey, key: Authenticator, now: datetime
) -> None:
    row = begin(kinds=KINDS, needed=1, window=timedelta(hours=1))
    old = challenge(row, device, now)
    new = challenge(row, device, now)
    with pytest.raises(WrongCode):
        step_up.answer(row, device.pk, key.answer(old), now=now)
    with pytest.raises(WrongCode):
        step_up.answer(row, device.pk, key.answer(new), now=now + timedelta(minutes=10))


def test_table_keeps_no_challenge(begin: Open, device: Passkey, now: datetime) -> None:
    options = challenge(opened(begin), device, now)
    kept = [bytes(digest) for digest in OneTimeCode.objects.values_list("digest", flat=True)]
    assert [options["challenge"].encode() in digest for digest in kept] == [False] * len(kept)
    assert options["allowCredentials"][0]["id"]


def test_wrong_answers_spend_the_budget_of_the_purpose(begin: Open, device: Passkey, now: datetime) -> None:
    row = opened(begin)
    for _time in range(5):
        with pytest.raises(WrongCode):
            step_up.answer(row, device.pk, Authenticator().answer(challenge(row, device, now)), now=now)
    with pytest.raises(TooManyAttempts):
        give_totp(row, now=now)


@pytest.mark.parametrize(
    "sent", ["", "{}", "[]", "null", '{"rawId": 1}', '{"rawId": "%", "response": {}}', "[" * 9000, "x" * 20000]
)
def test_garbage_is_a_wrong_answer(begin: Open, device: Passkey, now: datetime, sent: str) -> None:
    row = opened(begin)
    challenge(row, device, now)
    with pytest.raises(WrongCode):
        step_up.answer(row, device.pk, sent, now=now)


def test_challenges_of_one_verification_are_limited(begin: Open, device: Passkey, now: datetime) -> None:
    row = opened(begin)
    for _time in range(passkeys.CHALLENGES_PER_STEP_UP):
        challenge(row, device, now)
    with pytest.raises(TooManyAttempts):
        challenge(row, device, now)
    with pytest.raises(VerificationExpired):
        challenge(row, device, now + timedelta(minutes=10))


def test_adding_needs_a_complete_verification(ana: Account, now: datetime) -> None:
    running = changes.begin(ana, Purpose.ENROLL_FACTOR, FactorKind.PASSKEY, now=now)
    with pytest.raises(ProofRefused):
        passkeys.registration_options(running, ana, now=now)
    with pytest.raises(ProofRefused):
        passkeys.registration_options(verified(ana, Purpose.REMOVE_FACTOR, "x", now=now), ana, now=now)


def test_adding_refuses_a_replay_another_origin_and_a_credential_that_somebody_has(
    ana: Account, device: Passkey, key: Authenticator, now: datetime
) -> None:
    proof = proof_of(ana, Purpose.ENROLL_FACTOR, FactorKind.PASSKEY, now=now)
    row = StepUp.objects.get(pk=proof.step_up_id)
    made = [
        replace(key, origin="https://evil.test").make(passkeys.registration_options(row, ana, now=now)),
        key.make(passkeys.registration_options(row, ana, now=now)),
    ]
    for each in [made[0], made[1], made[1], "{}"]:
        with pytest.raises(WrongCode):
            enrollment.add_passkey(ana, each, name="Key", proof=proof, now=now)
    assert Passkey.objects.get() == device


def test_passkeys_have_names_and_a_greatest_number(
    ana: Account, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotAllowed):
        add(ana, Authenticator(), now=now, name="  ")
    monkeypatch.setattr(enrollment, "MOST_PASSKEYS", 1)
    add(ana, Authenticator(), now=now, name=" My   key ")
    assert Passkey.objects.get().name == "My key"
    with pytest.raises(NotAllowed):
        add(ana, Authenticator(), now=now)
