"""Adding an authenticator: only with a proof of who adds it, and counting from its first right code."""

import time
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from accounts import chain
from accounts.closing import ClosureOpen
from accounts.enums import Action, FactorKind, Purpose
from accounts.exceptions import NotAllowed, ProofRefused, TooManyAttempts, WrongCode
from accounts.models import Account, EmailDevice, Event, SmsDevice, StepUp, TotpDevice
from accounts.verification import changes, enrollment
from accounts.verification.enrollment import confirm_totp, provisioning_uri, start_totp
from accounts.verification.step_up import StepUpProof
from closure.enums import ClosureState
from tests.changing import proof_of
from tests.closure.scenes import make_request
from tests.factories import make_account, make_staff
from tests.outbox import last_code, messages, opened

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ana() -> Account:
    return make_account("ana", totp=False)


@pytest.fixture
def proof(ana: Account, now: datetime) -> StepUpProof:
    return to_add(ana, now)


def to_add(account: Account, now: datetime, kind: FactorKind = FactorKind.TOTP) -> StepUpProof:
    return proof_of(account, Purpose.ENROLL_FACTOR, kind, now=now)


@pytest.mark.row("N03")
def test_authenticator_counts_from_its_first_right_code(ana: Account, proof: StepUpProof, now: datetime) -> None:
    device = start_totp(ana, proof=proof, now=now)
    assert not device.confirmed
    confirm_totp(ana, device.pk, device.code_at(time.time()), proof=proof, now=now)
    assert TotpDevice.objects.get(user=ana).confirmed
    event = Event.objects.get(action=Action.FACTOR_ADDED)
    assert (event.account_id, event.actor, chain.verify()[1]) == (ana.pk, f"customer:{ana.pk}", None)


@pytest.mark.row("D08", "M04")
def test_owner_is_told_by_mail_and_text(ana: Account, proof: StepUpProof, now: datetime) -> None:
    device = start_totp(ana, proof=proof, now=now)
    confirm_totp(ana, device.pk, device.code_at(time.time()), proof=proof, now=now)
    told = messages(ana, template="security_change")
    assert [(opened(m).to, opened(m).context["what"], opened(m).context["at"]) for m in told] == [
        ("ana@example.test", "authenticator_added", now),
        (ana.phone, "authenticator_added", now),
    ]


@pytest.mark.row("A13", "D07")
def test_second_factor_allows_another_one_and_a_mailed_code_does_not(ana: Account, now: datetime) -> None:
    running = changes.begin(ana, Purpose.ENROLL_FACTOR, FactorKind.TOTP, now=now)
    assert running.kinds == ["passkey", "sms", "totp"]
    SmsDevice.objects.filter(user=ana).delete()
    running = changes.begin(ana, Purpose.ENROLL_FACTOR, FactorKind.TOTP, now=now)
    assert running.kinds == ["email"]


@pytest.mark.row("D07")
def test_proof_of_another_kind_or_purpose_or_account_adds_nothing(ana: Account, now: datetime) -> None:
    bea = make_account("bea", totp=False)
    others = [
        to_add(ana, now, FactorKind.PASSKEY),
        proof_of(ana, Purpose.BACKUP_CODES, now=now),
        to_add(bea, now),
    ]
    for other in others:
        with pytest.raises(ProofRefused):
            start_totp(ana, proof=other, now=now)
    assert TotpDevice.objects.count() == 0


@pytest.mark.row("A13")
def test_mailed_code_allows_nothing_once_there_is_a_second_factor(now: datetime) -> None:
    new = make_account("new", phone=None, totp=False)
    backup = proof_of(new, Purpose.BACKUP_CODES, now=now)
    proof = to_add(new, now)
    device = start_totp(new, proof=proof, now=now)
    confirm_totp(new, device.pk, device.code_at(time.time()), proof=proof, now=now)
    with pytest.raises(ProofRefused):
        enrollment.make_backup_codes(new, proof=backup, now=now)


def test_proof_adds_one_factor_and_no_second(ana: Account, proof: StepUpProof, now: datetime) -> None:
    device = start_totp(ana, proof=proof, now=now)
    confirm_totp(ana, device.pk, device.code_at(time.time()), proof=proof, now=now)
    again = start_totp(ana, proof=proof, now=now)
    with pytest.raises(ProofRefused):
        confirm_totp(ana, again.pk, again.code_at(time.time()), proof=proof, now=now)
    assert TotpDevice.objects.get(user=ana, confirmed=True).pk == device.pk


def test_proof_that_ran_out_adds_nothing(ana: Account, proof: StepUpProof, now: datetime) -> None:
    device = start_totp(ana, proof=proof, now=now)
    late = now + timedelta(minutes=10)
    with pytest.raises(ProofRefused):
        confirm_totp(ana, device.pk, device.code_at(time.time()), proof=proof, now=late)
    assert not TotpDevice.objects.get(user=ana).confirmed


def test_wrong_codes_turn_nothing_on_and_are_budgeted(ana: Account, proof: StepUpProof, now: datetime) -> None:
    device = start_totp(ana, proof=proof, now=now)
    for _number in range(5):
        with pytest.raises(WrongCode):
            confirm_totp(ana, device.pk, "x", proof=proof, now=now)
    with pytest.raises(TooManyAttempts):
        confirm_totp(ana, device.pk, device.code_at(time.time()), proof=proof, now=now)
    assert not TotpDevice.objects.get(user=ana).confirmed


def test_code_that_turned_it_on_is_spent(ana: Account, proof: StepUpProof, now: datetime) -> None:
    device = start_totp(ana, proof=proof, now=now)
    code = device.code_at(time.time())
    confirm_totp(ana, device.pk, code, proof=proof, now=now)
    assert not TotpDevice.objects.get(user=ana).spend_step(code)


def test_starting_again_replaces_what_was_never_confirmed(ana: Account, proof: StepUpProof, now: datetime) -> None:
    first, second = start_totp(ana, proof=proof, now=now), start_totp(ana, proof=proof, now=now)
    assert first.key != second.key
    assert list(TotpDevice.objects.filter(user=ana)) == [second]


def test_another_authenticator_takes_the_place_of_the_one_before(now: datetime) -> None:
    bea = make_account("bea")
    before = TotpDevice.objects.get(user=bea)
    proof = to_add(bea, now)
    device = start_totp(bea, proof=proof, now=now)
    assert TotpDevice.objects.get(user=bea, confirmed=True) == before
    confirm_totp(bea, device.pk, device.code_at(time.time()), proof=proof, now=now)
    assert list(TotpDevice.objects.filter(user=bea)) == [device]
    assert Event.objects.filter(action__startswith="factor.").latest("id").action == Action.FACTOR_REPLACED


@pytest.mark.row("A13")
def test_nothing_takes_the_place_of_another_while_a_closure_is_open(now: datetime) -> None:
    bea = make_account("bea")
    proof = to_add(bea, now)
    device = start_totp(bea, proof=proof, now=now)
    make_request(bea, ClosureState.DRAFT, now=now)
    with pytest.raises(ClosureOpen):
        confirm_totp(bea, device.pk, device.code_at(time.time()), proof=proof, now=now)
    assert TotpDevice.objects.get(user=bea, confirmed=True) != device


def test_device_of_somebody_else_is_not_confirmed(ana: Account, proof: StepUpProof, now: datetime) -> None:
    device = start_totp(ana, proof=proof, now=now)
    bea = make_account("bea", totp=False)
    with pytest.raises(WrongCode):
        confirm_totp(bea, device.pk, device.code_at(time.time()), proof=to_add(bea, now), now=now)


def test_staff_enroll_as_staff(now: datetime) -> None:
    sam = make_staff("sam", totp=False)
    proof = to_add(sam, now)
    device = start_totp(sam, proof=proof, now=now)
    confirm_totp(sam, device.pk, device.code_at(time.time()), proof=proof, now=now)
    assert Event.objects.get(action=Action.FACTOR_ADDED).actor == f"staff:{sam.pk}"


def test_address_for_the_picture(ana: Account, proof: StepUpProof, now: datetime) -> None:
    parts = urlsplit(provisioning_uri(start_totp(ana, proof=proof, now=now)))
    facts = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert (parts.scheme, parts.netloc, parts.path) == ("otpauth", "totp", "/Northbank:ana@example.test")
    assert len(facts.pop("secret")) == 32
    assert facts == {"issuer": "Northbank", "algorithm": "SHA1", "digits": "6", "period": "30"}


def test_secret_is_sealed_and_bound_to_its_row(ana: Account, proof: StepUpProof, now: datetime) -> None:
    device = start_totp(ana, proof=proof, now=now)
    assert device.key not in bytes(device.secret)
    assert len(device.key) == 20


def test_contact_on_file_gives_codes_again_once_one_arrived(ana: Account, now: datetime) -> None:
    EmailDevice.objects.filter(user=ana).delete()
    proof = to_add(ana, now, FactorKind.EMAIL)
    enrollment.start_contact(ana, FactorKind.EMAIL, proof=proof, now=now)
    with pytest.raises(WrongCode):
        enrollment.confirm_contact(ana, FactorKind.EMAIL, "000000", proof=proof, now=now)
    assert not EmailDevice.objects.get(user=ana).confirmed
    code = last_code(ana, template="confirmation_code", channel="email")
    enrollment.confirm_contact(ana, FactorKind.EMAIL, code, proof=proof, now=now)
    assert EmailDevice.objects.get(user=ana).confirmed
    assert StepUp.objects.get(pk=proof.step_up_id).used_at == now


def test_contact_whose_codes_are_on_is_not_added_again(ana: Account, now: datetime) -> None:
    proof = to_add(ana, now, FactorKind.SMS)
    with pytest.raises(NotAllowed):
        enrollment.start_contact(ana, FactorKind.SMS, proof=proof, now=now)
