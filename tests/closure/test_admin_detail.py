"""The page of one closure request, as staff see it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.enums import RestrictionKind, Role
from accounts.models import Restriction
from closure.enums import ClosureState, Moment
from closure.models import CheckRun, ClosureRequest
from closure.operations import review
from closure.operations.check import check_request
from tests.console import LIST, REASON, address, case_of, console, deposit, in_review
from tests.factories import make_account, make_staff
from tests.pages import Page, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam() -> Client:
    return console(make_staff("sam"))


def parts(client: Client, request: ClosureRequest) -> tuple[Any, Page]:
    """Return what the page of a request was made of, and the page."""
    answer = client.get(address(request))
    assert answer.status_code == 200, answer.content
    return answer.context, read(answer)


def test_page_shows_masked_contacts_and_dates_only(sam: Client, now: datetime) -> None:
    request = in_review("ana", now=now)
    context, page = parts(sam, request)
    shown = dict(context["account_facts"])
    assert (shown["E-mail"], str(shown["Id"])) == ("a•••@example.test", str(request.account_id))
    assert [term for term, _value in context["facts"]] == [
        "State", "Flags", "Submitted", "Waiting time ends", "Due", "Released at the latest", "Asked by", "Policy",
    ]  # fmt: skip
    for private in ("ana@example.test", "Ana Diaz", request.account.phone or ""):
        assert private not in page.text


def test_page_shows_restrictions_cases_and_other_requests(sam: Client, now: datetime) -> None:
    request = in_review("ana", now=now)
    earlier = in_review_again(request, now)
    Restriction.objects.create(
        account=request.account, kind=RestrictionKind.FRAUD_ALERT, placed_at=now, placed_by="system:tests"
    )
    case = case_of(request.account, now)
    _context, page = parts(sam, request)
    assert "fraud alert" in page.text
    assert case in page.text
    assert earlier.reference in page.text


def in_review_again(request: ClosureRequest, now: datetime) -> ClosureRequest:
    """Make an earlier request of the same account that was rejected."""
    copy = ClosureRequest.objects.get(pk=request.pk)
    fields = {field.name: getattr(copy, field.name) for field in ClosureRequest._meta.fields}
    ended = {"state": ClosureState.REJECTED, "ended_at": now, "end_reason": "rejected"}
    for unique in ("id", "reference", "shard"):
        fields.pop(unique)
    return ClosureRequest.objects.create(**{**fields, **ended})


def changes(client: Client, request: ClosureRequest) -> list[tuple[str, str]]:
    """Return each finding's change and area."""
    context, _page = parts(client, request)
    return [(Page(row.change).text, row.area) for row in context["checks"].rows]


def test_page_compares_the_checks_of_submission_and_now(sam: Client, now: datetime) -> None:
    ana = make_account("ana")
    deposit(ana, "0.00001")
    request = in_review("ben", now=now)
    other = in_review("cid", now=now)
    deposit(other.account, "0.5")
    CheckRun.objects.filter(request=other).delete()
    check_request(other, Moment.SUBMIT, now=now - timedelta(hours=2))
    assert changes(sam, request) == []
    assert changes(sam, other) == [("same", "Spot wallet")]
    deposit(request.account)
    assert sam.post(address(request, "check/")).status_code == 302
    assert changes(sam, request) == [("new", "Spot wallet")]


def test_page_shows_what_changed_and_what_cleared(sam: Client, now: datetime) -> None:
    request = in_review("ana", now=now)
    holding = deposit(request.account, "0.5")
    CheckRun.objects.filter(request=request).delete()
    check_request(request, Moment.SUBMIT, now=now - timedelta(hours=2))
    type(holding).objects.filter(pk=holding.pk).update(amount="0.7")
    sam.post(address(request, "check/"))
    assert changes(sam, request) == [("changed", "Spot wallet")]
    _context, page = parts(sam, request)
    assert ("0.5 BTC" in page.text, "0.7 BTC" in page.text) == (True, True)
    holding.delete()
    sam.post(address(request, "check/"))
    assert changes(sam, request) == [("cleared", "Spot wallet")]


def test_check_again_needs_a_role_that_decides_and_a_request_that_is_not_over(sam: Client, now: datetime) -> None:
    request = in_review("ana", now=now)
    over = in_review("ben", now=now, state=ClosureState.REJECTED)
    auditor = console(make_staff("ada", Role.AUDITOR))
    runs = CheckRun.objects.count()
    assert auditor.post(address(request, "check/")).status_code == 403
    assert sam.post(address(over, "check/")).status_code == 404
    assert sam.get(address(request, "check/")).status_code == 405
    assert CheckRun.objects.count() == runs
    assert sam.post(address(request, "check/")).status_code == 302
    assert CheckRun.objects.count() == runs + 1


@pytest.mark.row("H07")
def test_timeline_says_who_and_why(sam: Client, now: datetime) -> None:
    request = in_review("ana", now=now, four_eyes=True)
    lea = make_staff("lea", Role.LEAD)
    review.approve(request.pk, actor=Actor.staff(lea), reason=REASON, seen_version=0, now=now)
    context, _page = parts(sam, request)
    told = [(line.text, line.who, line.note) for line in context["lines"]]
    assert told == [("Approval proposed", f"staff {lea.short_id}", REASON)]


def test_page_of_a_request_without_checks(sam: Client, now: datetime) -> None:
    request = in_review("ana", now=now)
    CheckRun.objects.all().delete()
    assert "No check is kept for this request." in parts(sam, request)[1].text


def test_page_of_no_request(sam: Client, now: datetime) -> None:
    request = in_review("ana", now=now, state=ClosureState.DRAFT, submitted_at=None)
    assert sam.get(address(request)).status_code == 404
    assert sam.get(f"{LIST}{request.account_id}/").status_code == 404


def test_page_asks_the_database_as_often_for_three_as_for_one(
    sam: Client, now: datetime, django_assert_num_queries: Any
) -> None:
    request = in_review("ana", now=now, four_eyes=True)
    lea = Actor.staff(make_staff("lea", Role.LEAD))
    review.approve(request.pk, actor=lea, reason=REASON, seen_version=0, now=now)
    for _turn in range(2):
        # Who acts: 4; request, account, two checks, events, notes; restrictions, cases, calls, other requests; six for
        # links; messages; the timeline of the customer.
        with django_assert_num_queries(22):
            sam.get(address(request))
        case_of(request.account, now)
        in_review_again(request, now)
        sam.post(address(request, "check/"), follow=True)
