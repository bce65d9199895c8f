"""Decisions by the page: each by the one operation, each refusal in its words."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.enums import AccountStatus, CaseState, RestrictionKind, Role
from accounts.models import Account, Case, Event, Note, OutboxMessage, Restriction
from closure.enums import ClosureState
from closure.models import ClosureRequest
from tests.closure import scenes
from tests.console import REASON, address, case_of, console, decide, deposit, in_review, offered
from tests.factories import make_account, make_staff
from tests.pages import read

pytestmark = pytest.mark.django_db

S = ClosureState


@pytest.fixture
def sam() -> Client:
    return console(make_staff("sam"))


@pytest.fixture
def lea() -> Client:
    return console(make_staff("lea", Role.LEAD))


@pytest.fixture
def request_of_ana(now: datetime) -> ClosureRequest:
    return in_review("ana", now=now)


def state(request: ClosureRequest) -> tuple[str, str]:
    """Return the states of a request and its account as they stand."""
    request.refresh_from_db()
    return request.state, Account.objects.get(pk=request.account_id).status


def refusal(answer: Any, status: int) -> str:
    """Return what a refused decision says."""
    assert answer.status_code == status, answer.content
    page = read(answer)
    assert page.every("title")
    return page.text


@pytest.mark.row("F01")
def test_agent_approves(sam: Client, request_of_ana: ClosureRequest) -> None:
    answer = decide(sam, request_of_ana, "approve")
    assert answer["Location"] == address(request_of_ana)
    assert f"{request_of_ana.reference} is approved." in read(sam.get(address(request_of_ana))).text
    assert state(request_of_ana) == (S.COOLING_OFF, AccountStatus.FROZEN)
    event = Event.objects.get(action="closure.approved")
    assert Note.objects.get(event_id=event.pk).text == REASON


@pytest.mark.row("A17")
def test_agent_rejects_with_words_for_the_customer(sam: Client, request_of_ana: ClosureRequest) -> None:
    decide(sam, request_of_ana, "reject", template="assets_left")
    assert state(request_of_ana) == (S.REJECTED, AccountStatus.ACTIVE)
    assert request_of_ana.end_reason == "assets_left"
    assert OutboxMessage.objects.filter(template="closure_rejected").count() == 1
    assert "The customer read: “Something is left in your account.”" in read(sam.get(address(request_of_ana))).text


def test_rejection_offers_words_of_staff_only(sam: Client, request_of_ana: ClosureRequest) -> None:
    page = read(sam.get(address(request_of_ana)))
    words = [field["value"] for field in page.every("input") if field.get("name") == "template"]
    assert words == ["assets_left", "identity_mismatch", "restricted", "rejected"]
    for template in ("", "timed_out", "lapsed", "x"):
        answer = decide(sam, request_of_ana, "reject", template=template)
        assert "Not done" in refusal(answer, 422)
    assert state(request_of_ana) == (S.IN_REVIEW, AccountStatus.FROZEN)


def test_agent_asks_for_more(sam: Client, request_of_ana: ClosureRequest) -> None:
    decide(sam, request_of_ana, "ask")
    assert state(request_of_ana) == (S.HELD, AccountStatus.FROZEN)
    assert request_of_ana.held_reasons == ["question"]
    assert offered(sam, request_of_ana) == ["reject", "cancel"]


@pytest.mark.row("L01")
@pytest.mark.parametrize("standing", [S.IN_REVIEW, S.COOLING_OFF, S.APPROVED, S.FINALIZING])
def test_agent_cancels_in_the_customer_s_case(sam: Client, now: datetime, standing: ClosureState) -> None:
    request = in_review("ana", now=now, state=standing)
    case = case_of(request.account, now)
    decide(sam, request, "cancel", case=f" {case.lower()} ")
    assert state(request) == (S.CANCELLED, AccountStatus.ACTIVE)
    assert request.end_reason == "cancelled_by_staff"


@pytest.mark.row("L01")
def test_cancelling_needs_an_open_case_of_this_customer(
    sam: Client, request_of_ana: ClosureRequest, now: datetime
) -> None:
    resolved = case_of(request_of_ana.account, now)
    Case.objects.update(state=CaseState.RESOLVED, resolved_at=now)
    for case in ("", "SC-2222-2222", case_of(make_account("ben"), now), resolved):
        answer = decide(sam, request_of_ana, "cancel", case=case)
        assert "Give the reference of an open case of this customer." in refusal(answer, 422)
        typed = [field.get("value") for field in read(answer).every("input") if field.get("name") == "case"]
        assert typed == [case or None]
    assert state(request_of_ana) == (S.IN_REVIEW, AccountStatus.FROZEN)


def test_case_is_opened_on_the_page_and_used(sam: Client, request_of_ana: ClosureRequest) -> None:
    assert sam.get(address(request_of_ana, "case/")).status_code == 405
    assert sam.post(address(request_of_ana, "case/"), {"kind": "nothing"}).status_code == 422
    answer = sam.post(address(request_of_ana, "case/"), {"kind": "other", "note": "Called us."})
    case = Case.objects.get()
    assert (answer["Location"], case.account_id) == (address(request_of_ana), request_of_ana.account_id)
    assert f"Case {case.reference} is open." in read(sam.get(address(request_of_ana))).text
    decide(sam, request_of_ana, "cancel", case=case.reference)
    assert state(request_of_ana)[0] == S.CANCELLED


@pytest.mark.parametrize("decision", ["approve", "reject", "cancel", "ask"])
def test_decision_without_a_reason(sam: Client, request_of_ana: ClosureRequest, now: datetime, decision: str) -> None:
    before = scenes.frozen_picture(request_of_ana)
    more = {"template": "rejected", "case": case_of(request_of_ana.account, now)}
    answer = decide(sam, request_of_ana, decision, reason=" ", **more)
    assert "Give the reason." in refusal(answer, 422)
    assert read(answer).text.startswith("Error: ")
    assert scenes.frozen_picture(request_of_ana) == before


def test_reason_typed_stays_when_refused(sam: Client, request_of_ana: ClosureRequest) -> None:
    answer = decide(sam, request_of_ana, "reject", reason="Two <words>")
    assert "Two &lt;words&gt;" in answer.content.decode()


@pytest.mark.row("L06")
def test_two_people_approve(sam: Client, lea: Client, now: datetime) -> None:
    request = in_review("ana", now=now, four_eyes=True)
    assert "Propose approval" in read(sam.get(address(request))).text
    decide(sam, request, "approve")
    assert state(request) == (S.IN_REVIEW, AccountStatus.FROZEN)
    page = read(lea.get(address(request)))
    assert "Confirm approval" in page.text
    decide(lea, request, "approve")
    assert state(request) == (S.COOLING_OFF, AccountStatus.FROZEN)
    assert len({request.proposed_by, request.reviewed_by, request.account_id}) == 3


@pytest.mark.row("L06")
def test_who_proposed_never_sees_confirm_and_is_refused(lea: Client, now: datetime) -> None:
    request = in_review("ana", now=now, four_eyes=True)
    decide(lea, request, "approve")
    assert offered(lea, request) == ["ask", "reject", "cancel"]
    assert "You proposed approval. A lead other than you has to confirm it." in read(lea.get(address(request))).text
    answer = decide(lea, request, "approve")
    assert "A second person has to decide: not who proposed it, and not the owner." in refusal(answer, 403)
    assert state(request)[0] == S.IN_REVIEW


@pytest.mark.row("L06")
def test_second_person_is_a_lead(sam: Client, lea: Client, now: datetime) -> None:
    request = in_review("ana", now=now, four_eyes=True)
    decide(lea, request, "approve")
    assert offered(sam, request) == ["ask", "reject", "cancel"]
    assert "Approval is proposed." in read(sam.get(address(request))).text
    assert "A second person has to decide" in refusal(decide(sam, request, "approve"), 403)


def test_decision_on_an_old_version_shows_what_is_new_instead(
    sam: Client, lea: Client, request_of_ana: ClosureRequest
) -> None:
    decide(lea, request_of_ana, "ask")
    request_of_ana.refresh_from_db()
    body = {"decision": "reject", "reason": REASON, "template": "rejected", "seen_version": "0"}
    answer = sam.post(address(request_of_ana, "decide/"), body)
    said = refusal(answer, 409)
    assert "This request changed since you opened it." in said
    assert "New since you opened this request" in said
    assert [line.text for line in answer.context["since"].lines] == ["Asked for more"]
    assert state(request_of_ana)[0] == S.HELD
    fresh = [field["value"] for field in read(answer).every("input") if field.get("name") == "seen_version"]
    assert set(fresh) == {str(request_of_ana.version)}


@pytest.mark.parametrize("seen", ["", "99", "x"])
def test_decision_without_the_version_seen(sam: Client, request_of_ana: ClosureRequest, seen: str) -> None:
    answer = decide(sam, request_of_ana, "approve", seen_version=seen)
    assert answer.status_code in {409, 422}
    assert state(request_of_ana)[0] == S.IN_REVIEW


def test_approval_is_refused_when_something_arrived(sam: Client, request_of_ana: ClosureRequest) -> None:
    deposit(request_of_ana.account)
    answer = decide(sam, request_of_ana, "approve")
    assert "Clear it, then try again." in refusal(answer, 422)
    assert [row.area for row in answer.context["checks"].rows] == ["Spot wallet"]
    assert state(request_of_ana)[0] == S.IN_REVIEW


def test_approval_under_a_legal_hold_is_refused(sam: Client, request_of_ana: ClosureRequest, now: datetime) -> None:
    Restriction.objects.create(
        account=request_of_ana.account, kind=RestrictionKind.JUDICIAL_FREEZE, placed_at=now, placed_by="system:tests"
    )
    assert decide(sam, request_of_ana, "approve").status_code == 422
    assert state(request_of_ana)[0] == S.IN_REVIEW


@pytest.mark.row("L02")
@pytest.mark.parametrize("role", [Role.AUDITOR, Role.COMPLIANCE])
def test_roles_that_decide_nothing_here(request_of_ana: ClosureRequest, now: datetime, role: Role) -> None:
    client = console(make_staff("ada", role))
    assert offered(client, request_of_ana) == []
    assert "Your role does not decide about this request." in read(client.get(address(request_of_ana))).text
    before = scenes.frozen_picture(request_of_ana)
    for decision in ("approve", "reject", "cancel", "ask"):
        body = {
            "decision": decision,
            "reason": REASON,
            "template": "rejected",
            "seen_version": "0",
            "case": "SC-2",
        }
        assert client.post(address(request_of_ana, "decide/"), body).status_code == 403
    assert scenes.frozen_picture(request_of_ana)[0] == before[0]


def test_auditor_opens_no_case(request_of_ana: ClosureRequest) -> None:
    ada = console(make_staff("ada", Role.AUDITOR))
    assert "Open a case" not in read(ada.get(address(request_of_ana))).text
    answer = ada.post(address(request_of_ana, "case/"), {"kind": "other"})
    assert (answer.status_code, Case.objects.count()) == (403, 0)
    assert "Your role does not handle cases." in read(answer).text


@pytest.mark.parametrize("over", [S.CLOSED, S.CANCELLED, S.REJECTED])
def test_request_that_is_over_is_looked_at_only(sam: Client, now: datetime, over: ClosureState) -> None:
    request = in_review("ana", now=now, state=over)
    assert offered(sam, request) == []
    assert "This request is over." in read(sam.get(address(request))).text
    assert decide(sam, request, "reject", template="rejected").status_code == 422
    assert state(request)[0] == over


def test_request_that_is_sealed_only_goes_forward(sam: Client, now: datetime) -> None:
    request = in_review("ana", now=now, state=S.FINALIZING, sealed_at=now)
    assert offered(sam, request) == []
    answer = decide(sam, request, "cancel", case=case_of(request.account, now))
    assert "It is too late: your data is sealed and being erased." in refusal(answer, 422)
    assert state(request)[0] == S.FINALIZING


def test_decision_is_by_post_and_known(sam: Client, request_of_ana: ClosureRequest) -> None:
    assert sam.get(address(request_of_ana, "decide/")).status_code == 405
    for decision in ("", "close", "propose", "finish"):
        assert decide(sam, request_of_ana, decision).status_code == 404
    assert state(request_of_ana)[0] == S.IN_REVIEW


def test_each_button_says_what_it_does(sam: Client, request_of_ana: ClosureRequest) -> None:
    answer = sam.get(address(request_of_ana))
    page = read(answer)
    described = [button.get("aria-describedby", "") for button in page.every("button")]
    consequences = {attrs["id"] for _tag, attrs in page.tags if attrs.get("class") == "consequence"}
    assert {name for name in described if name} == consequences
    assert all(offer.consequence for offer in answer.context["offers"])
    assert len(consequences) == 5


def test_own_account_is_decided_by_somebody_else(now: datetime) -> None:
    sam = make_staff("sam")
    request = in_review("ana", now=now)
    ClosureRequest.objects.filter(pk=request.pk).update(account=sam)
    client = console(sam)
    assert offered(client, request) == []
    assert decide(client, request, "reject", template="rejected").status_code == 403
