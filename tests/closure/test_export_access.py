"""Which session may take what along, and until when: asked of the verification that was used up."""

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
from closure import fresh_factor
from closure.enums import ClosureAction, ClosureState, ExportKind
from closure.export_access import ExportsOver, Holder, open_kind, open_until
from closure.models import ClosureRequest
from closure.status_session import StatusSession
from tests.closure.scenes import make_request, put
from tests.factories import make_account, totp_code
from tests.outbox import last_code

pytestmark = pytest.mark.django_db(transaction=True)
T = ExportKind.TRANSACTIONS


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


def proven(account: Account, now: datetime, purpose: Purpose = Purpose.EXPORT_DATA, about: str = T.value) -> StepUp:
    """Return a verification that was completed with the authenticator."""
    begun = changes.begin(account, purpose, about, kinds=frozenset({FactorKind.TOTP}), now=now)
    return step_ups.answer(begun, step_ups.factors(begun)[0].id, totp_code(account), now=now)


def test_verification_opens_one_kind_once_for_one_session(ana: Account, now: datetime) -> None:
    mine, other, step_up, holder = session_of(ana), session_of(ana), proven(ana, now), Holder(account=ana)
    open_kind(mine, holder, T, step_up, now=now)
    assert open_until(mine, holder, T, now=now) == now + timedelta(minutes=10)
    assert open_until(mine, holder, ExportKind.ARCHIVE, now=now) is None
    assert open_until(other, holder, T, now=now) is None
    with pytest.raises(ProofRefused):
        open_kind(other, holder, T, step_up, now=now)
    assert open_until(other, holder, T, now=now) is None
    told = [json.loads(bytes(event.body))["data"] for event in Event.objects.filter(action="export.opened")]
    assert told == [{"file": "transactions", "step_up": str(step_up.pk)}]


@pytest.mark.parametrize("purpose", [Purpose.CLOSE_ACCOUNT, Purpose.SIGN_IN, Purpose.REMOVE_FACTOR])
@pytest.mark.row("D07")
def test_verification_for_something_else_opens_nothing(ana: Account, now: datetime, purpose: Purpose) -> None:
    session, holder = session_of(ana), Holder(account=ana)
    with pytest.raises(ProofRefused):
        open_kind(session, holder, T, proven(ana, now, purpose), now=now)
    assert open_until(session, holder, T, now=now) is None


@pytest.mark.row("D07")
def test_verification_for_another_kind_opens_nothing(ana: Account, now: datetime) -> None:
    step_up = proven(ana, now, about=ExportKind.ARCHIVE.value)
    with pytest.raises(ProofRefused):
        open_kind(session_of(ana), Holder(account=ana), T, step_up, now=now)


@pytest.mark.row("D07")
def test_session_that_names_what_opens_nothing_downloads_nothing(ana: Account, now: datetime) -> None:
    """The name alone is no permission: the row says for what, by whom and when it was used."""
    ben, session = make_account("ben"), session_of(ana)
    of_ben = session_of(ben)
    open_kind(of_ben, Holder(account=ben), T, proven(ben, now), now=now)
    unused = proven(ana, now)
    for named in (of_ben["export_step_ups"][T.value], str(unused.pk), str(ana.pk)):
        session["export_step_ups"] = {T.value: named}
        assert open_until(session, Holder(account=ana), T, now=now) is None


def test_what_is_open_shuts_after_ten_minutes_and_before_its_time(ana: Account, now: datetime) -> None:
    session, holder = session_of(ana), Holder(account=ana)
    open_kind(session, holder, T, proven(ana, now), now=now)
    moments = [-timedelta(minutes=6), timedelta(), timedelta(minutes=10) - timedelta(seconds=1), timedelta(minutes=10)]
    found = [open_until(session, holder, T, now=now + moment) is not None for moment in moments]
    assert found == [False, True, True, False]


@pytest.mark.row("E04")
@pytest.mark.parametrize("status", [AccountStatus.FROZEN, AccountStatus.DISABLED])
def test_account_that_was_shut_meanwhile_opens_nothing_and_keeps_no_session(
    ana: Account, now: datetime, status: AccountStatus
) -> None:
    session, step_up = session_of(ana), proven(ana, now)
    put(ana, status)
    with pytest.raises(ProofRefused):
        open_kind(session, Holder(account=ana), T, step_up, now=now)
    assert (Session.objects.count(), StepUp.objects.filter(used_at=None).count()) == (0, 1)


def visiting(request: ClosureRequest, carried_by: FactorKind = FactorKind.EMAIL) -> Holder:
    return Holder(account=request.account, visit=StatusSession(request=request, carried_by=carried_by))


def visit_of(request: ClosureRequest) -> Any:
    """Return the session of a browser that opened a link."""
    session = SessionStore()
    session.create()
    session.name_somebody(SessionKind.STATUS, request.account_id)
    session.save()
    return session


def given_by_mail(holder: Holder, now: datetime, *, carried_by: FactorKind) -> StepUp:
    """Return a verification begun from a link of some channel, and completed by a mailed code."""
    assert holder.visit is not None
    begun = fresh_factor.open_or_begin(holder.visit.request, T, carried_by=carried_by, now=now)
    mail = next(each.id for each in step_ups.factors(begun) if each.kind is FactorKind.EMAIL)
    step_ups.challenge(begun, mail, now=now)
    return step_ups.answer(begun, mail, last_code(holder.account), now=now)


@pytest.mark.row("E07")
def test_code_of_the_links_own_channel_opens_nothing(ana: Account, now: datetime) -> None:
    """Whoever reads the mailbox alone exports nothing, however they came by a complete verification (invariant 18)."""
    holder = visiting(make_request(ana, ClosureState.COOLING_OFF, now=now))
    assert holder.visit is not None
    session, step_up = visit_of(holder.visit.request), given_by_mail(holder, now, carried_by=FactorKind.SMS)
    with pytest.raises(ProofRefused):
        open_kind(session, holder, T, step_up, now=now)
    assert (open_until(session, holder, T, now=now), StepUp.objects.filter(used_at=None).count()) == (None, 1)
    by_text = visiting(holder.visit.request, FactorKind.SMS)
    open_kind(session, by_text, T, step_up, now=now)
    assert open_until(session, by_text, T, now=now) == now + timedelta(minutes=10)


@pytest.mark.row("E07")
def test_what_a_visit_opened_ends_with_the_wait_and_with_the_request(ana: Account, now: datetime) -> None:
    holder = visiting(make_request(ana, ClosureState.COOLING_OFF, now=now), FactorKind.SMS)
    assert holder.visit is not None
    session, request = visit_of(holder.visit.request), holder.visit.request
    open_kind(session, holder, T, given_by_mail(holder, now, carried_by=FactorKind.SMS), now=now)
    for change in ({"finalizes_after": now}, {"state": ClosureState.FINALIZING}, {"state": ClosureState.CANCELLED}):
        other = visiting(ClosureRequest.objects.get(pk=request.pk), FactorKind.SMS)
        for name, value in change.items():
            setattr(other.visit and other.visit.request, name, value)
        assert open_until(session, other, T, now=now) is None
    assert open_until(session, holder, T, now=now) is not None


@pytest.mark.row("E07", "D07")
def test_verification_of_a_visit_opens_nothing_where_exports_are_over(ana: Account, now: datetime) -> None:
    holder = visiting(make_request(ana, ClosureState.COOLING_OFF, now=now), FactorKind.SMS)
    step_up = given_by_mail(holder, now, carried_by=FactorKind.SMS)
    ClosureRequest.objects.update(state=ClosureState.FINALIZING)
    assert holder.visit is not None
    with pytest.raises(ExportsOver):
        open_kind(visit_of(holder.visit.request), holder, T, step_up, now=now)


@pytest.mark.row("D07")
def test_code_for_cancelling_takes_nothing_along(ana: Account, now: datetime) -> None:
    holder = visiting(make_request(ana, ClosureState.COOLING_OFF, now=now))
    assert holder.visit is not None
    request = holder.visit.request
    begun = fresh_factor.open_or_begin(request, ClosureAction.CANCEL, carried_by=FactorKind.EMAIL, now=now)
    app = next(each.id for each in step_ups.factors(begun) if each.kind is FactorKind.TOTP)
    step_up = step_ups.answer(begun, app, totp_code(ana), now=now)
    with pytest.raises(ProofRefused):
        open_kind(visit_of(request), holder, T, step_up, now=now)
