"""Looking after factors: names, removal, and what may never be taken away."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts import devices
from accounts.closing import ClosureOpen
from accounts.enums import Action, FactorKind, Purpose, SessionKind
from accounts.exceptions import NotAllowed, ProofRefused
from accounts.models import Account, BackupCode, EmailDevice, Event, Passkey, Session, SmsDevice, TotpDevice
from accounts.verification import enrollment, upkeep
from accounts.verification.upkeep import LastFactor, UnknownFactor
from closure.enums import ClosureState
from tests.accounts.verification.test_passkeys import add
from tests.authenticator import Authenticator
from tests.changing import proof_of
from tests.closure.scenes import make_request
from tests.factories import make_account
from tests.outbox import messages, opened

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("A13")]


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def key_of(account: Account, device_class: Any) -> UUID:
    found: UUID = device_class.objects.get(user=account).pk
    return found


def remove(account: Account, device_class: Any, *, now: datetime, keep: bytes | None = None) -> None:
    device_id = key_of(account, device_class)
    proof = proof_of(account, Purpose.REMOVE_FACTOR, str(device_id), now=now)
    upkeep.remove(account, device_id, proof=proof, keep=keep, now=now)


def session_of(account: Account, now: datetime) -> bytes:
    digest = devices.digest_of(uuid4().hex)
    assert digest is not None
    Session.objects.create(
        key_digest=digest,
        kind=SessionKind.CUSTOMER,
        account_id=account.pk,
        data="{}",
        created_at=now,
        expires_at=now + timedelta(hours=1),
    )
    return digest


def test_removal_is_journaled_and_told_and_ends_all_other_sessions(ana: Account, now: datetime) -> None:
    mine, _other = session_of(ana, now), session_of(ana, now)
    remove(ana, TotpDevice, now=now, keep=mine)
    assert not TotpDevice.objects.filter(user=ana).exists()
    assert [bytes(row.key_digest) for row in Session.objects.all()] == [mine]
    assert Event.objects.filter(action__startswith="factor.").latest("id").action == Action.FACTOR_REMOVED
    told = messages(ana, template="security_change")
    assert [(opened(each).to, opened(each).context["what"]) for each in told] == [
        ("ana@example.test", "totp_removed"),
        (ana.phone, "totp_removed"),
    ]


def test_last_second_factor_stays(ana: Account, now: datetime) -> None:
    remove(ana, SmsDevice, now=now)
    with pytest.raises(LastFactor):
        remove(ana, TotpDevice, now=now)
    remove(ana, EmailDevice, now=now)
    assert [each.kind for each in upkeep.enrolled(ana)] == [FactorKind.TOTP]


def test_last_factor_of_all_stays(now: datetime) -> None:
    new = make_account("new", phone=None, totp=False)
    with pytest.raises(LastFactor):
        remove(new, EmailDevice, now=now)


def test_backup_codes_are_no_factor_that_stays_behind(now: datetime) -> None:
    new = make_account("new", phone=None, totp=False)
    enrollment.make_backup_codes(new, proof=proof_of(new, Purpose.BACKUP_CODES, now=now), now=now)
    assert [(each.kind, each.may_remove) for each in upkeep.enrolled(new)] == [
        (FactorKind.EMAIL, False),
        (FactorKind.BACKUP, True),
    ]


@pytest.mark.parametrize("state", [ClosureState.DRAFT, ClosureState.COOLING_OFF])
def test_nothing_is_removed_while_a_closure_is_open(ana: Account, now: datetime, state: ClosureState) -> None:
    proof = proof_of(ana, Purpose.REMOVE_FACTOR, str(key_of(ana, TotpDevice)), now=now)
    codes = proof_of(ana, Purpose.BACKUP_CODES, now=now)
    make_request(ana, state, now=now)
    with pytest.raises(ClosureOpen):
        upkeep.remove(ana, key_of(ana, TotpDevice), proof=proof, keep=None, now=now)
    with pytest.raises(ClosureOpen):
        enrollment.make_backup_codes(ana, proof=codes, now=now)
    assert (TotpDevice.objects.count(), BackupCode.objects.count()) == (1, 0)


@pytest.mark.row("D07")
def test_proof_for_one_factor_removes_no_other(ana: Account, now: datetime) -> None:
    proof = proof_of(ana, Purpose.REMOVE_FACTOR, str(key_of(ana, SmsDevice)), now=now)
    with pytest.raises(ProofRefused):
        upkeep.remove(ana, key_of(ana, TotpDevice), proof=proof, keep=None, now=now)
    with pytest.raises(UnknownFactor):
        upkeep.remove(ana, uuid4(), proof=proof, keep=None, now=now)
    assert TotpDevice.objects.filter(user=ana).exists()


def test_factor_of_somebody_else_is_unknown(ana: Account, now: datetime) -> None:
    bea = make_account("bea")
    with pytest.raises(UnknownFactor):
        upkeep.find(ana, key_of(bea, TotpDevice))


def test_passkey_gets_another_name_that_the_journal_never_sees(ana: Account, now: datetime) -> None:
    device = add(ana, Authenticator(), now=now)
    proof = proof_of(ana, Purpose.RENAME_FACTOR, str(device.pk), now=now)
    upkeep.rename(ana, device.pk, "  Kitchen   drawer ", proof=proof, now=now)
    assert Passkey.objects.get().name == "Kitchen drawer"
    event = Event.objects.get(action=Action.FACTOR_RENAMED)
    assert b"Kitchen" not in bytes(event.body)
    with pytest.raises(ProofRefused):
        upkeep.rename(ana, device.pk, "Again", proof=proof, now=now)


def test_contact_codes_have_no_name_of_their_own(ana: Account, now: datetime) -> None:
    device_id = key_of(ana, SmsDevice)
    proof = proof_of(ana, Purpose.RENAME_FACTOR, str(device_id), now=now)
    with pytest.raises(NotAllowed):
        upkeep.rename(ana, device_id, "x", proof=proof, now=now)
