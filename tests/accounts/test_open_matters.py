"""A matter is about what stood when it was opened: it ends with that, and counts for nothing that is placed later."""

import json
from datetime import datetime, timedelta

import pytest

from accounts import lifting, restrictions, settlement
from accounts.actors import Actor
from accounts.enums import CaseState, IdentityStatus, MatterKind
from accounts.models import Account, Case, CaseMessage, Event, Matter
from accounts.open_matters import counts, open_of
from tests.factories import make_account, make_staff
from tests.invariants import violations
from tests.outbox import messages
from tests.settling import begin, restrict

M = MatterKind
LATER = timedelta(days=30)
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("K02", "K04")]


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def lift(account: Account, kind: str, *, now: datetime) -> None:
    """Lift it at the console, not by its matter."""
    row = next(each for each in restrictions.active(account.pk) if each.kind == kind)
    sam = Account.objects.filter(email="sam@staff.example.test").first() or make_staff("sam")
    lifting.lift_alone(row.pk, actor=Actor.staff(sam), reason="Called them.", now=now)


def test_matter_ends_with_a_restriction_that_is_lifted_elsewhere(ana: Account, now: datetime) -> None:
    restrict(ana, M.FRAUD_ALERT, M.FAILED_VERIFICATION, now=now)
    matter, other = begin(ana, M.FRAUD_ALERT, now=now), begin(ana, M.FAILED_VERIFICATION, now=now)
    lift(ana, M.FRAUD_ALERT, now=now + LATER)
    matter.case.refresh_from_db()
    assert (matter.case.state, open_of(ana.pk), counts(matter)) == (
        CaseState.RESOLVED,
        {M.FAILED_VERIFICATION: other},
        False,
    )
    said = CaseMessage.objects.filter(case=matter.case).latest("id")
    assert (said.from_staff, said.text[:36]) == (True, "What this case is about has ended, a")
    (ended,) = Event.objects.filter(action="case.resolved")
    assert json.loads(bytes(ended.body))["data"] == {"case": matter.case.reference, "why": "restriction_over"}
    assert (ended.actor, len(messages(ana, template="case_answer"))) == ("system:matters", 1)
    assert violations() == []


def test_matter_from_before_the_restriction_does_not_count(ana: Account, now: datetime) -> None:
    restrict(ana, M.FRAUD_ALERT, now=now)
    matter = begin(ana, M.FRAUD_ALERT, now=now)
    lift(ana, M.FRAUD_ALERT, now=now)
    # Even where its case is open, as those were that a lift left behind.
    Case.objects.update(state=CaseState.OPEN, resolved_at=None)
    restrict(ana, M.FRAUD_ALERT, now=now + LATER)
    assert (open_of(ana.pk), counts(matter)) == ({}, False)
    newer = begin(ana, M.FRAUD_ALERT, now=now + LATER)
    assert (newer == matter, open_of(ana.pk), counts(newer)) == (False, {M.FRAUD_ALERT: newer}, True)


@pytest.mark.row("K05")
def test_review_lasts_as_long_as_something_of_what_it_is_about(ana: Account, now: datetime) -> None:
    restrict(ana, M.FRAUD_ALERT, M.FAILED_VERIFICATION, now=now)
    review = begin(ana, M.REVIEW, now=now)
    lift(ana, M.FRAUD_ALERT, now=now)
    assert open_of(ana.pk) == {M.REVIEW: review}
    restrict(ana, M.FRAUD_ALERT, now=now + LATER)
    lift(ana, M.FAILED_VERIFICATION, now=now + LATER)
    review.case.refresh_from_db()
    assert (open_of(ana.pk), review.case.state) == ({}, CaseState.RESOLVED)


@pytest.mark.row("K01")
def test_settled_debt_ends_no_matter_of_something_else(ana: Account, now: datetime) -> None:
    restrict(ana, "negative_balance", M.FRAUD_ALERT, now=now)
    matter = begin(ana, M.FRAUD_ALERT, now=now)
    debt = settlement.standing(ana.pk)
    assert debt is not None
    assert settlement.settle(debt.pk, asked_at=now, actor=Actor.core(), now=now) is True
    assert open_of(ana.pk) == {M.FRAUD_ALERT: matter}


@pytest.mark.row("J05")
def test_identity_that_is_verified_meanwhile_has_no_open_matter(now: datetime) -> None:
    ana = make_account("ana", identity_status=IdentityStatus.REFRESH_DUE)
    matter = begin(ana, M.IDENTITY_REFRESH, now=now)
    assert open_of(ana.pk) == {M.IDENTITY_REFRESH: matter}
    Account.objects.update(identity_status=IdentityStatus.VERIFIED)
    assert (open_of(ana.pk), Matter.objects.count()) == ({}, 1)
