"""What changed since a page was opened is shown instead of deciding."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from closure.enums import ClosureState, Moment
from closure.exchange.ledger.deposits import deposit as arrive
from closure.models import CheckRun, ClosureRequest
from closure.notes import warning_codes
from closure.operations.check import check_request
from tests.console import address, console, decide, deposit, form_of, in_review
from tests.factories import make_staff
from tests.pages import Page, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam() -> Client:
    return console(make_staff("sam"))


def dust(request: ClosureRequest, now: datetime) -> None:
    """Let something arrive that is only warned of, and that the customer has acknowledged."""
    arrive(request.account_id, "USDT", "0.5", now=now)
    warned = warning_codes(check_request(request, Moment.SWEEP, now=now).result)
    CheckRun.objects.filter(request=request, moment=Moment.SWEEP).delete()
    ClosureRequest.objects.filter(pk=request.pk).update(
        acknowledged={**request.acknowledged, **dict.fromkeys(warned, now.isoformat())}
    )


def changes(answer: Any) -> list[tuple[str, str]]:
    """Return each finding that differs, and how."""
    return [(Page(row.change).text, row.area) for row in answer.context["since"].checks.rows]


def test_approval_where_the_check_comes_out_otherwise_shows_the_difference(sam: Client, now: datetime) -> None:
    request = in_review("ana", now=now)
    form = form_of(sam, request, "approve")
    dust(request, now)
    answer = sam.post(address(request, "decide/"), form)
    assert (answer.status_code, changes(answer)) == (409, [("new", "Spot wallet")])
    assert "The account check changed since you opened this request." in read(answer).text
    request.refresh_from_db()
    assert (request.state, request.reviewed_by) == (ClosureState.IN_REVIEW, None)
    assert sam.post(address(request, "decide/"), form_of(sam, request, "approve")).status_code == 302


@pytest.mark.row("L06")
def test_second_person_is_told_that_the_check_changed_since_the_proposal(now: datetime) -> None:
    request = in_review("ana", now=now, four_eyes=True)
    lea, leo = (console(make_staff(name, Role.LEAD)) for name in ("lea", "leo"))
    decide(lea, request, "approve")
    assert "Confirm approval" in read(leo.get(address(request))).text
    dust(request, now)
    leo.post(address(request, "check/"))
    text = read(leo.get(address(request))).text
    assert ("Confirm approval" in text, "You propose it anew; another lead confirms." in text) == (False, True)
    decide(leo, request, "approve")
    assert "Confirm approval" in read(lea.get(address(request))).text
    assert "Confirm approval" not in read(leo.get(address(request))).text


def test_form_that_is_shown_again_is_about_what_its_page_shows(sam: Client, now: datetime) -> None:
    request = in_review("ana", now=now)
    form = form_of(sam, request, "approve")
    dust(request, now)
    page = read(sam.post(address(request, "decide/"), form))
    latest = CheckRun.objects.filter(request=request).order_by("-created_at", "-id")[0]
    shown = {field["value"] for field in page.every("input") if field.get("name") == "seen_check"}
    assert (shown, form["seen_check"] in shown) == ({str(latest.pk)}, False)


def test_rejection_after_somebody_checked_again_shows_what_they_found(sam: Client, now: datetime) -> None:
    request = in_review("ana", now=now)
    form = form_of(sam, request, "reject", template="rejected")
    holding = deposit(request.account)
    check_request(request, Moment.CHECK, now=now)
    answer = sam.post(address(request, "decide/"), form)
    assert (answer.status_code, changes(answer)) == (409, [("new", "Spot wallet")])
    holding.delete()
    check_request(request, Moment.CHECK, now=now)
    assert sam.post(address(request, "decide/"), form).status_code == 302


def test_blocked_approval_says_what_blocks_and_what_is_new(sam: Client, now: datetime) -> None:
    request = in_review("ana", now=now)
    form = form_of(sam, request, "approve")
    deposit(request.account)
    answer = sam.post(address(request, "decide/"), form)
    assert (answer.status_code, changes(answer)) == (422, [("new", "Spot wallet")])
    assert "Clear it, then try again." in read(answer).text


def test_form_with_a_mistake_tells_what_is_new_too(sam: Client, now: datetime) -> None:
    request = in_review("ana", now=now)
    form = form_of(sam, request, "reject")
    decide(console(make_staff("lea", Role.LEAD)), request, "ask")
    answer = sam.post(address(request, "decide/"), form)
    assert answer.status_code == 422
    assert [line.text for line in answer.context["since"].lines] == ["Asked for more"]


def test_check_of_another_request_was_not_looked_at(sam: Client, now: datetime) -> None:
    request, other = in_review("ana", now=now), in_review("ben", now=now)
    strange = CheckRun.objects.get(request=other)
    assert decide(sam, request, "approve", seen_check=str(strange.pk)).status_code == 409
