"""Who may do what, in the same words everywhere."""

from datetime import datetime

import pytest

from accounts.actors import Actor
from accounts.enums import AccountStatus, Role
from accounts.exceptions import NotAllowed
from accounts.models import Account
from closure import permissions
from closure.enums import ClosureAction, ClosureState
from closure.exceptions import SecondPersonRequired
from tests.closure.scenes import SYSTEM, make_request, put, staff
from tests.factories import make_account, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def refusal(actor: Actor, account: Account) -> str:
    try:
        permissions.check_close(actor, account)
    except NotAllowed as refused:
        return refused.code
    return "allowed"


@pytest.mark.row("A18", "L02")
def test_only_the_signed_in_owner_closes(ana: Account) -> None:
    bob = make_account("bob")
    others = [
        Actor.customer(bob),
        Actor.status_session(ana.pk),
        Actor.link(ana.pk),
        SYSTEM,
        Actor.core(),
        *(staff(role) for role in Role),
    ]
    assert [refusal(actor, ana) for actor in others] == ["not_allowed"] * len(others)
    assert (refusal(Actor.customer(ana), ana), permissions.can_close(others[0], ana)) == ("allowed", False)


@pytest.mark.row("L02")
def test_staff_accounts_are_not_closed_here() -> None:
    sam = make_staff("sam")
    assert refusal(Actor.customer(sam), sam) == "staff_account"


@pytest.mark.parametrize("status", AccountStatus)
def test_accounts_open_for_sign_in_may_close(status: AccountStatus, ana: Account) -> None:
    put(ana, status)
    may = status in {AccountStatus.ACTIVE, AccountStatus.INACTIVE, AccountStatus.DORMANT}
    assert refusal(Actor.customer(ana), ana) == ("allowed" if may else "account_not_open")


def test_deciding_needs_a_role_and_never_the_own_account(ana: Account, now: datetime) -> None:
    request = make_request(ana, ClosureState.IN_REVIEW, now=now)
    may = {role: permissions.can_decide(staff(role), request) for role in Role}
    assert may == {Role.AGENT: True, Role.LEAD: True, Role.COMPLIANCE: True, Role.AUDITOR: False}
    own = Actor(kind=staff(Role.LEAD).kind, account_id=ana.pk, roles=frozenset({Role.LEAD}))
    with pytest.raises(SecondPersonRequired):
        permissions.check_decide(own, request)
    assert permissions.can_decide(Actor.customer(ana), request) is False


def test_second_of_four_eyes_is_a_lead_and_somebody_else(ana: Account, now: datetime) -> None:
    lea, sam = staff(Role.LEAD), staff(Role.AGENT)
    by_lea = make_request(ana, ClosureState.IN_REVIEW, now=now, proposed_by=lea.account_id, proposed_at=now)
    bob = make_account("bob")
    by_sam = make_request(bob, ClosureState.IN_REVIEW, now=now, proposed_by=sam.account_id, proposed_at=now)
    may = [permissions.can_approve_second(actor, request) for actor in (lea, sam) for request in (by_lea, by_sam)]
    assert may == [False, True, False, False]
    nobody = make_request(make_account("eve"), ClosureState.IN_REVIEW, now=now)
    assert permissions.can_approve_second(lea, nobody) is False


def test_refusals_name_who_may(ana: Account, now: datetime) -> None:
    request = make_request(ana, ClosureState.HELD, now=now)
    allowed = frozenset({permissions.Who.A, permissions.Who.X})
    with pytest.raises(NotAllowed) as refused:
        permissions.check_act(Actor.customer(ana), request, ClosureAction.HOLD, allowed)
    assert refused.value.message == "Only an agent or compliance can do this."
