"""What staff take as proof ends the restriction that it is about, and nothing else; a review comes last."""

from datetime import datetime, timedelta

import pytest

from accounts import case_messages, cases, lifting, open_matters, restrictions, settlement
from accounts.actors import Actor
from accounts.case_claiming import claim
from accounts.case_desk import OnAnotherDesk
from accounts.enums import CaseState, IdentityStatus, MatterKind, Role
from accounts.exceptions import NotAllowed, ReasonRequired, SecondPersonRequired
from accounts.matters import Home, NothingToSettle, NotServed, home_of
from accounts.models import Account, Case, CaseMessage, Matter, Note
from accounts.restrictions import LiftRefused
from closure.operations import evidence
from closure.operations.matter_deciding import (
    HomeChanged,
    NotLookedAt,
    NotRead,
    Seen,
    WrittenSince,
    may_decide,
    seen_now,
)
from closure.operations.matters import StillOpen, accept, ask_review, left
from tests.factories import make_account, make_staff
from tests.invariants import violations
from tests.outbox import messages, opened
from tests.settling import begin, events, heard, restrict, shown

M = MatterKind
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def sam() -> Account:
    return make_staff("sam")


def standing(account: Account) -> list[str]:
    return [each.kind for each in restrictions.active(account.pk)]


def agree(matter: Matter, by: Account, now: datetime, reason: str = "Bill of October.") -> Matter:
    seen = Seen(home=home_of(matter).code, message=seen_now(matter).message)
    return accept(matter.pk, reason=reason, seen=seen, actor=Actor.staff(by), now=now)


@pytest.mark.row("K03", "L04")
def test_proof_of_a_new_home_moves_the_account_and_ends_the_restriction(
    ana: Account, sam: Account, now: datetime
) -> None:
    restrict(ana, M.UNSUPPORTED_REGION, M.FRAUD_ALERT, now=now)
    matter = agree(shown(begin(ana, M.UNSUPPORTED_REGION, now=now), sam, now=now), sam, now)
    ana.refresh_from_db()
    matter.case.refresh_from_db()
    assert (ana.country, ana.region, standing(ana)) == ("CA", "BC", ["fraud_alert"])
    assert (matter.accepted_at, matter.accepted_by, matter.case.state) == (now, sam.pk, CaseState.RESOLVED)
    told = messages(ana, template="matter_accepted")
    assert [opened(each).context["what"] for each in told] == ["unsupported_region"] * 2
    happened = ["matter.accepted", "account.updated", "restriction.lifted", "case.resolved"]
    assert events(ana, *happened) == happened
    assert Note.objects.filter(account_id=ana.pk, text="Bill of October.").count() == 2
    assert violations() == []


@pytest.mark.row("K04", "L04")
def test_documents_verify_who_failed(ana: Account, sam: Account, now: datetime) -> None:
    Account.objects.filter(pk=ana.pk).update(identity_status=IdentityStatus.REFUSED)
    restrict(ana, M.FAILED_VERIFICATION, now=now)
    agree(shown(begin(ana, M.FAILED_VERIFICATION, now=now), sam, now=now), sam, now)
    ana.refresh_from_db()
    assert (ana.identity_status, standing(ana)) == (IdentityStatus.VERIFIED, [])


@pytest.mark.row("J05", "L04")
def test_identity_shown_again_is_verified(ana: Account, sam: Account, now: datetime) -> None:
    Account.objects.filter(pk=ana.pk).update(identity_status=IdentityStatus.REFRESH_DUE)
    ana.refresh_from_db()
    agree(shown(begin(ana, M.IDENTITY_REFRESH, now=now), sam, now=now), sam, now)
    ana.refresh_from_db()
    assert ana.identity_status == IdentityStatus.VERIFIED


@pytest.mark.row("K02", "L04")
def test_fraud_alert_is_cleared_by_what_was_written(ana: Account, sam: Account, now: datetime) -> None:
    restrict(ana, M.FRAUD_ALERT, now=now)
    agree(heard(begin(ana, M.FRAUD_ALERT, now=now), sam, now=now), sam, now)
    ana.refresh_from_db()
    assert (standing(ana), ana.identity_status) == ([], IdentityStatus.VERIFIED)


@pytest.mark.row("K02", "L07")
def test_fraud_alert_is_not_cleared_unseen(ana: Account, sam: Account, now: datetime) -> None:
    restrict(ana, M.FRAUD_ALERT, now=now)
    matter, lea = begin(ana, M.FRAUD_ALERT, now=now), make_staff("lea", Role.LEAD)
    heard(matter, lea, now=now)
    with pytest.raises(NotRead):
        agree(matter, sam, now)
    old = seen_now(heard(matter, sam, now=now))
    case_messages.write(matter.case_id, "It was me after all.", actor=Actor.customer(ana), now=now)
    with pytest.raises(WrittenSince):
        accept(matter.pk, reason="Fine.", seen=old, actor=Actor.staff(sam), now=now)
    with pytest.raises(NotRead):
        agree(matter, sam, now)
    # What staff write is none of what is to be read.
    case_messages.answer(heard(matter, sam, now=now).case_id, "Thanks.", actor=Actor.staff(lea), now=now)
    shown(matter, lea, now=now)
    with pytest.raises(NotLookedAt):
        agree(matter, sam, now)
    assert (standing(ana), events(ana, "matter.")) == (["fraud_alert"], [])
    (photo,) = evidence.shown_to_owner(matter.case)
    evidence.look(photo.pk, reason="To decide it.", actor=Actor.staff(sam), now=now)
    agree(matter, sam, now)
    assert standing(ana) == []


@pytest.mark.row("L07")
@pytest.mark.parametrize("kind", [M.UNSUPPORTED_REGION, M.FAILED_VERIFICATION])
def test_nothing_is_accepted_that_was_not_looked_at(
    ana: Account, sam: Account, now: datetime, kind: MatterKind
) -> None:
    restrict(ana, kind, now=now)
    matter = heard(begin(ana, kind, now=now), sam, now=now)
    with pytest.raises(NotLookedAt):
        agree(matter, sam, now)
    shown(matter, make_staff("lea", Role.LEAD), now=now)
    with pytest.raises(NotLookedAt):
        agree(matter, sam, now)
    shown(matter, sam, now=now)
    with pytest.raises(NotLookedAt):
        agree(matter, sam, now)
    assert (standing(ana), events(ana, "matter.")) == ([kind], [])


@pytest.mark.row("K03")
def test_home_that_is_not_served_any_more_is_not_accepted(ana: Account, sam: Account, now: datetime) -> None:
    restrict(ana, M.UNSUPPORTED_REGION, now=now)
    matter = shown(begin(ana, M.UNSUPPORTED_REGION, now=now), sam, now=now)
    Matter.objects.update(region="ON")
    matter.refresh_from_db()
    with pytest.raises(NotServed):
        agree(matter, sam, now)
    assert Home(country="CA", region="BC").is_served(now) is True


@pytest.mark.row("K03", "L07")
def test_home_that_was_named_after_the_look_is_not_accepted(ana: Account, sam: Account, now: datetime) -> None:
    restrict(ana, M.UNSUPPORTED_REGION, now=now)
    seen = shown(begin(ana, M.UNSUPPORTED_REGION, now=now), sam, now=now)
    newer = begin(ana, M.UNSUPPORTED_REGION, now=now, home=Home(country="DE"))
    with pytest.raises(HomeChanged):
        agree(seen, sam, now)
    ana.refresh_from_db()
    assert (newer.pk, newer.country, ana.country, standing(ana)) == (seen.pk, "DE", "US", ["unsupported_region"])
    agree(heard(newer, sam, now=now), sam, now)
    ana.refresh_from_db()
    assert (ana.country, standing(ana)) == ("DE", [])


@pytest.fixture
def moved(ana: Account, now: datetime) -> Account:
    """Ana, who moved and was never verified."""
    Account.objects.filter(pk=ana.pk).update(identity_status=IdentityStatus.REFUSED)
    ana.refresh_from_db()
    restrict(ana, M.UNSUPPORTED_REGION, now=now)
    return ana


@pytest.mark.row("K03")
def test_new_home_is_refused_as_long_as_no_identity_is_verified(moved: Account, sam: Account, now: datetime) -> None:
    matter = shown(begin(moved, M.UNSUPPORTED_REGION, now=now), sam, now=now)
    with pytest.raises(LiftRefused):
        agree(matter, sam, now)
    moved.refresh_from_db()
    assert (moved.country, standing(moved)) == ("US", ["unsupported_region"])


@pytest.mark.row("K03", "K05")
def test_who_moved_without_a_verified_identity_is_verified_first(moved: Account, sam: Account, now: datetime) -> None:
    assert left(moved) == [M.UNSUPPORTED_REGION, M.IDENTITY_REFRESH]
    home = shown(begin(moved, M.UNSUPPORTED_REGION, now=now), sam, now=now)
    assert left(moved) == [M.IDENTITY_REFRESH]
    identity = shown(begin(moved, M.IDENTITY_REFRESH, now=now), sam, now=now)
    assert left(moved) == []
    agree(identity, sam, now)
    moved.refresh_from_db()
    assert (moved.identity_status, standing(moved)) == (IdentityStatus.VERIFIED, ["unsupported_region"])
    agree(home, sam, now)
    moved.refresh_from_db()
    assert (moved.country, moved.region, standing(moved), open_matters.open_of(moved.pk)) == ("CA", "BC", [], {})
    assert violations() == []


@pytest.mark.row("K03")
def test_identity_that_failed_is_verified_by_its_own_matter(moved: Account, now: datetime) -> None:
    restrict(moved, M.FAILED_VERIFICATION, now=now)
    assert left(moved) == [M.UNSUPPORTED_REGION, M.FAILED_VERIFICATION]


def test_who_may_not_accept(ana: Account, sam: Account, now: datetime) -> None:
    restrict(ana, M.FRAUD_ALERT, now=now)
    matter = begin(ana, M.FRAUD_ALERT, now=now)
    eve = make_staff("eve", Role.AUDITOR)
    for actor, error in (
        (Actor.staff(eve), NotAllowed),
        (Actor.customer(ana), NotAllowed),
        (Actor.system("sweep"), NotAllowed),
    ):
        with pytest.raises(error):
            accept(matter.pk, reason="Fine.", seen=Seen(), actor=actor, now=now)
        assert may_decide(matter, actor) is False
    with pytest.raises(ReasonRequired):
        agree(matter, sam, now, reason=" ")
    claim(matter.case, actor=Actor.staff(make_staff("lea", Role.LEAD)), now=now)
    with pytest.raises(OnAnotherDesk):
        agree(matter, sam, now)
    assert standing(ana) == ["fraud_alert"]


def test_staff_do_not_accept_their_own(now: datetime) -> None:
    ana = make_account("ana")
    restrict(ana, M.FRAUD_ALERT, now=now)
    matter = begin(ana, M.FRAUD_ALERT, now=now)
    own = Actor.staff(make_staff("sam"))
    Matter.objects.filter(pk=matter.pk).update(account=own.account_id)
    with pytest.raises(SecondPersonRequired):
        accept(matter.pk, reason="Fine.", seen=Seen(), actor=own, now=now)


def test_what_is_over_is_not_accepted(ana: Account, sam: Account, now: datetime) -> None:
    restrict(ana, M.FRAUD_ALERT, now=now)
    matter = begin(ana, M.FRAUD_ALERT, now=now)
    cases.resolve_case(matter.case_id, actor=Actor.staff(sam), note="", now=now)
    with pytest.raises(NothingToSettle):
        agree(matter, sam, now)
    again = agree(heard(begin(ana, M.FRAUD_ALERT, now=now), sam, now=now), sam, now)
    with pytest.raises(NothingToSettle):
        agree(again, sam, now)


@pytest.mark.row("K02", "K04")
@pytest.mark.parametrize("kind", [M.FRAUD_ALERT, M.FAILED_VERIFICATION])
def test_matter_from_before_the_restriction_is_not_accepted(
    ana: Account, sam: Account, now: datetime, kind: MatterKind
) -> None:
    restrict(ana, kind, now=now)
    old = shown(begin(ana, kind, now=now), sam, now=now)
    (first,) = restrictions.active(ana.pk)
    lifting.lift_alone(first.pk, actor=Actor.staff(sam), reason="Called them.", now=now)
    # As those are that were left behind before lifting ended them.
    Case.objects.update(state=CaseState.OPEN, resolved_at=None)
    later = now + timedelta(days=30)
    restrict(ana, kind, now=later)
    with pytest.raises(NothingToSettle):
        agree(old, sam, later)
    assert (may_decide(old, Actor.staff(sam)), left(ana), standing(ana)) == (False, [kind], [kind])
    agree(shown(begin(ana, kind, now=later), sam, now=later), sam, later)
    assert standing(ana) == []


@pytest.mark.row("K05")
def test_review_waits_for_everything_that_the_owner_can_do(ana: Account, sam: Account, now: datetime) -> None:
    restrict(ana, "negative_balance", M.FRAUD_ALERT, M.FAILED_VERIFICATION, "risk_control", now=now)
    wanted = [["negative_balance", M.FRAUD_ALERT, M.FAILED_VERIFICATION], ["negative_balance", M.FRAUD_ALERT]]
    assert left(ana) == wanted[0]
    matter = begin(ana, M.FAILED_VERIFICATION, now=now)
    # Begun is not done: no photo is there yet.
    assert left(ana) == wanted[0]
    shown(matter, now=now)
    with pytest.raises(StillOpen) as refused:
        ask_review(ana, "Please.", actor=Actor.customer(ana), now=now)
    assert refused.value.kinds == wanted[1]
    begin(ana, M.FRAUD_ALERT, now=now)
    debt = settlement.standing(ana.pk)
    assert debt is not None
    assert settlement.settle(debt.pk, asked_at=now, actor=Actor.core(), now=now) is True
    first = ask_review(ana, "Please.", actor=Actor.customer(ana), now=now)
    again = ask_review(ana, "Still?", actor=Actor.customer(ana), now=now)
    assert (again, may_decide(first, Actor.staff(sam))) == (first, False)
    assert [each.text for each in CaseMessage.objects.filter(case=first.case).order_by("id")] == ["Please.", "Still?"]
    assert violations() == []


@pytest.mark.row("A12", "K05")
def test_holds_alone_are_nothing_to_review(ana: Account, now: datetime) -> None:
    restrict(ana, "judicial_freeze", now=now)
    assert left(ana) == []
    with pytest.raises(NothingToSettle):
        ask_review(ana, "Why?", actor=Actor.customer(ana), now=now)
