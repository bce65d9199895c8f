"""Matters of an owner with staff: one of a kind at a time, each with a case, while there is something to settle."""

from datetime import datetime

import pytest

from accounts import cases, matters, open_matters
from accounts.actors import Actor
from accounts.enums import CaseKind, CaseState, IdentityStatus, MatterKind
from accounts.exceptions import NotAllowed, TooManyAttempts
from accounts.matters import Home, NothingToSettle, NotServed, begin
from accounts.models import Case, CaseMessage, Matter
from accounts.open_matters import open_of, stands
from tests.factories import make_account, make_staff
from tests.outbox import messages
from tests.settling import CANADA, restrict

M = MatterKind
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.row("K02", "K03", "K04")
@pytest.mark.parametrize(
    ("kind", "case_kind"),
    [
        (M.FRAUD_ALERT, CaseKind.OTHER),
        (M.UNSUPPORTED_REGION, CaseKind.RESIDENCY),
        (M.FAILED_VERIFICATION, CaseKind.OTHER),
    ],
)
def test_owner_opens_a_matter_with_a_case(now: datetime, kind: MatterKind, case_kind: CaseKind) -> None:
    ana = make_account("ana")
    restrict(ana, kind, now=now)
    home = CANADA if kind is M.UNSUPPORTED_REGION else Home()
    matter = begin(ana.pk, kind, " As I said. ", actor=Actor.customer(ana), home=home, now=now)
    assert (matter.account_id, matter.opened_at, open_of(ana.pk)) == (ana.pk, now, {kind: matter})
    assert (matter.country, matter.region) == (home.country, home.region)
    assert (matter.case.kind, matter.case.account_id, matter.case.state) == (case_kind, ana.pk, CaseState.OPEN)
    assert [each.text for each in CaseMessage.objects.filter(case=matter.case)] == ["As I said."]
    assert [each.template for each in messages(ana)] == ["case_opened"]


@pytest.mark.row("J05")
def test_identity_that_is_to_be_shown_again_is_a_matter(now: datetime) -> None:
    ana = make_account("ana", identity_status=IdentityStatus.REFRESH_DUE)
    matter = begin(ana.pk, M.IDENTITY_REFRESH, "Here.", actor=Actor.customer(ana), now=now)
    assert matter.case.kind == CaseKind.DOCUMENT_NUMBER


def test_begun_again_it_is_the_same_with_more_to_read(now: datetime) -> None:
    ana = make_account("ana")
    restrict(ana, M.UNSUPPORTED_REGION, now=now)
    first = begin(ana.pk, M.UNSUPPORTED_REGION, "One.", actor=Actor.customer(ana), home=CANADA, now=now)
    home = Home(country="DE")
    again = begin(ana.pk, M.UNSUPPORTED_REGION, "Two.", actor=Actor.customer(ana), home=home, now=now)
    assert (again, again.country, again.region, Case.objects.count()) == (first, "DE", "", 1)
    assert [each.text for each in CaseMessage.objects.order_by("id")] == ["One.", "Two."]


def test_matter_whose_case_is_resolved_is_over_and_another_can_begin(now: datetime) -> None:
    ana = make_account("ana")
    restrict(ana, M.FRAUD_ALERT, now=now)
    first = begin(ana.pk, M.FRAUD_ALERT, "One.", actor=Actor.customer(ana), now=now)
    cases.resolve_case(first.case_id, actor=Actor.staff(make_staff("sam")), note="", now=now)
    assert open_of(ana.pk) == {}
    second = begin(ana.pk, M.FRAUD_ALERT, "Two.", actor=Actor.customer(ana), now=now)
    assert (second == first, open_of(ana.pk)) == (False, {M.FRAUD_ALERT: second})


@pytest.mark.row("K03")
@pytest.mark.parametrize("home", [Home(), Home(country="CA", region="ON"), Home(country="ZZ")])
def test_region_that_we_do_not_serve_opens_nothing(now: datetime, home: Home) -> None:
    ana = make_account("ana")
    restrict(ana, M.UNSUPPORTED_REGION, now=now)
    with pytest.raises(NotServed):
        begin(ana.pk, M.UNSUPPORTED_REGION, "Moved.", actor=Actor.customer(ana), home=home, now=now)
    assert (Matter.objects.count(), Case.objects.count()) == (0, 0)


@pytest.mark.parametrize("kind", list(M))
def test_where_nothing_stands_there_is_nothing_to_settle(now: datetime, kind: MatterKind) -> None:
    ana = make_account("ana")
    restrict(ana, "judicial_freeze", "negative_balance", now=now)
    assert stands(ana, kind) is False
    with pytest.raises(NothingToSettle):
        begin(ana.pk, kind, "Please.", actor=Actor.customer(ana), home=CANADA, now=now)
    assert Case.objects.count() == 0


def test_nobody_settles_for_somebody_else(now: datetime) -> None:
    ana, ben = make_account("ana"), make_account("ben")
    restrict(ana, M.FRAUD_ALERT, now=now)
    for actor in (Actor.customer(ben), Actor.staff(make_staff("sam"))):
        with pytest.raises(NotAllowed):
            begin(ana.pk, M.FRAUD_ALERT, "Clear it.", actor=actor, now=now)


def test_matters_that_are_begun_again_and_again_are_limited(now: datetime) -> None:
    ana, sam = make_account("ana"), Actor.staff(make_staff("sam"))
    restrict(ana, M.FRAUD_ALERT, now=now)
    for _time in range(5):
        matter = begin(ana.pk, M.FRAUD_ALERT, "Again.", actor=Actor.customer(ana), now=now)
        cases.resolve_case(matter.case_id, actor=sam, note="", now=now)
    with pytest.raises(TooManyAttempts):
        begin(ana.pk, M.FRAUD_ALERT, "Again.", actor=Actor.customer(ana), now=now)
    assert Matter.objects.count() == 5


def test_every_kind_has_a_case_and_restrictions_their_own() -> None:
    assert set(matters.CASES) == set(M)
    assert set(open_matters.OF_RESTRICTIONS) == {M.FRAUD_ALERT, M.UNSUPPORTED_REGION, M.FAILED_VERIFICATION}
