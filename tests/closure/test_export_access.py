"""Which session may download what, and until when: asked of the verification that was used up."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.enums import AccountStatus, FactorKind, Purpose, SessionKind
from accounts.exceptions import ProofRefused
from accounts.models import Account, Event, Session, StepUp
from accounts.sessions import SessionStore
from accounts.verification import changes
from accounts.verification import step_up as step_ups
from accounts.verification.step_up import StepUpProof
from closure.export_access import TRANSACTIONS, open_file, open_until
from tests.closure.scenes import put
from tests.factories import make_account, totp_code

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def session_of(account: Account) -> Any:
    """Return the session of a browser in which the account is signed in."""
    session = SessionStore()
    session.create()
    session.name_somebody(SessionKind.CUSTOMER, account.pk)
    session.save()
    return session


def proof_of(
    account: Account, now: datetime, purpose: Purpose = Purpose.EXPORT_DATA, about: str = TRANSACTIONS
) -> StepUpProof:
    """Return the proof of a verification that was completed with the authenticator."""
    begun = changes.begin(account, purpose, about, kinds=frozenset({FactorKind.TOTP}), now=now)
    step_ups.answer(begun, step_ups.factors(begun)[0].id, totp_code(account), now=now)
    return changes.prove(account, purpose, about, now=now)


@pytest.mark.row("D07")
def test_verification_opens_the_file_once_for_one_session(ana: Account, now: datetime) -> None:
    mine, other, proof = session_of(ana), session_of(ana), proof_of(ana, now)
    open_file(mine, proof, now=now)
    assert open_until(mine, ana, now=now) == now + timedelta(minutes=10)
    assert open_until(other, ana, now=now) is None
    with pytest.raises(ProofRefused):
        open_file(other, proof, now=now)
    assert open_until(other, ana, now=now) is None
    told = [json.loads(bytes(event.body))["data"] for event in Event.objects.filter(action="export.opened")]
    assert told == [{"file": "transactions", "step_up": str(proof.step_up_id)}]


@pytest.mark.parametrize("purpose", [Purpose.CLOSE_ACCOUNT, Purpose.SIGN_IN, Purpose.REMOVE_FACTOR])
@pytest.mark.row("D07")
def test_verification_for_something_else_opens_nothing(ana: Account, now: datetime, purpose: Purpose) -> None:
    session, proof = session_of(ana), proof_of(ana, now, purpose)
    with pytest.raises(ProofRefused):
        open_file(session, proof, now=now)
    assert open_until(session, ana, now=now) is None


@pytest.mark.row("D07")
def test_verification_for_another_file_opens_nothing(ana: Account, now: datetime) -> None:
    session, proof = session_of(ana), proof_of(ana, now, about="something else")
    with pytest.raises(ProofRefused):
        open_file(session, proof, now=now)


def test_session_that_names_what_opens_nothing_downloads_nothing(ana: Account, now: datetime) -> None:
    """The name alone is no permission: the row says for what, by whom and when it was used."""
    ben, session = make_account("ben"), session_of(ana)
    of_ben = session_of(ben)
    open_file(of_ben, proof_of(ben, now), now=now)
    unused = proof_of(ana, now)
    for named in (of_ben["export_step_up"], str(unused.step_up_id), str(ana.pk)):
        session["export_step_up"] = named
        assert open_until(session, ana, now=now) is None


def test_open_file_shuts_after_ten_minutes_and_before_its_time(ana: Account, now: datetime) -> None:
    session = session_of(ana)
    open_file(session, proof_of(ana, now), now=now)
    moments = [-timedelta(minutes=6), timedelta(), timedelta(minutes=10) - timedelta(seconds=1), timedelta(minutes=10)]
    found = [open_until(session, ana, now=now + moment) is not None for moment in moments]
    assert found == [False, True, True, False]


@pytest.mark.row("E04")
@pytest.mark.parametrize("status", [AccountStatus.FROZEN, AccountStatus.DISABLED])
def test_account_that_was_shut_meanwhile_opens_nothing_and_keeps_no_session(
    ana: Account, now: datetime, status: AccountStatus
) -> None:
    session, proof = session_of(ana), proof_of(ana, now)
    put(ana, status)
    with pytest.raises(ProofRefused):
        open_file(session, proof, now=now)
    assert (Session.objects.count(), StepUp.objects.filter(used_at=None).count()) == (0, 1)
