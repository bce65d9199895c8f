"""Staff by the API: the list of the day's work, and decisions."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts import clock
from accounts.actors import Actor
from accounts.enums import AccountStatus, CaseKind, Role
from accounts.ids import uuid7
from accounts.models import Account, Case
from closure import queries
from closure.enums import ClosureState, Moment
from closure.exchange.ledger.deposits import deposit
from closure.exchange.ledger.models import LedgerTransaction
from closure.models import ClosureRequest
from closure.operations.check import check_request
from closure.operations.desk import claim
from tests.api import Caller, problem
from tests.closure import api_walk as walk
from tests.factories import make_account, make_staff

pytestmark = pytest.mark.django_db

REASON = "Looked at it: all in order."


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def sam() -> Caller:
    return Caller(make_staff("sam"))


@pytest.fixture
def lea() -> Caller:
    return Caller(make_staff("lea", Role.LEAD))


@pytest.fixture
def request_of_ana(ana: Account, now: datetime) -> ClosureRequest:
    """A request that two people decide about: much was withdrawn."""
    LedgerTransaction.objects.create(
        account_id=ana.pk,
        time=now - timedelta(days=3),
        kind="withdrawal",
        asset="BTC",
        amount="0.4",
        value_usdt="25000",
        reference="w-1",
    )
    caller = Caller(ana)
    assert walk.submit(caller, walk.walk(caller, ana)).status_code == 200
    return ClosureRequest.objects.get()


def decide(caller: Caller, request: ClosureRequest, decision: str, **more: Any) -> Any:
    request.refresh_from_db()
    body = {"decision": decision, "reason": REASON, "seen_version": request.version, **more}
    return caller.post(f"staff/closures/{request.reference}/decisions/", body)


def entry(caller: Caller) -> dict[str, Any]:
    """Return the one request that is listed."""
    [listed] = caller.get("staff/closures/").json()["results"]
    found: dict[str, Any] = listed
    return found


def latest_run_of(request: ClosureRequest) -> UUID:
    run = queries.latest_run(request)
    assert run is not None
    return run.pk


def case_of(account: Account, now: datetime) -> str:
    return Case.objects.create(account_id=account.pk, kind=CaseKind.OTHER, created_at=now).reference


def test_list_tells_nothing_personal(sam: Caller, request_of_ana: ClosureRequest, ana: Account) -> None:
    answer = sam.get("staff/closures/")
    listed = answer.json()["results"]
    assert [each["reference"] for each in listed] == [request_of_ana.reference]
    told = {"reference", "state", "version", "due", "account", "flags", "face"}
    assert listed[0].keys() == told | {"claimed_by", "claimed_until", "assigned_to", "seen_check"}
    assert (listed[0]["account"], listed[0]["flags"]) == (ana.short_id, request_of_ana.flags)
    assert "example.test" not in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "in_review"}, True),
        ({"state": "closed"}, False),
        ({"due": "overdue"}, False),
        ({"due": "today"}, False),
        ({"q": "ana@example.test"}, True),
        ({"q": "ben@example.test"}, False),
        ({"q": "ana@example"}, False),
        ({"q": "CL-2222-2222"}, False),
        ({"state": "", "due": "", "q": ""}, True),
    ],
)
def test_list_is_filtered(sam: Caller, request_of_ana: ClosureRequest, query: dict[str, str], found: bool) -> None:
    assert bool(sam.get("staff/closures/", **query).json()["results"]) is found


def test_list_finds_by_reference(sam: Caller, request_of_ana: ClosureRequest) -> None:
    listed = sam.get("staff/closures/", q=f" {request_of_ana.reference.lower()} ").json()["results"]
    assert [each["reference"] for each in listed] == [request_of_ana.reference]


@pytest.mark.parametrize("query", [{"state": "draft"}, {"state": "x"}, {"due": "never"}, {"q": "\x00"}])
def test_list_refuses_filters_that_are_none(sam: Caller, query: dict[str, str]) -> None:
    problem(sam.get("staff/closures/", **query), 400, "invalid")


def test_list_comes_in_pages(sam: Caller, now: datetime) -> None:
    for number in range(53):
        account = make_account(f"c{number}", totp=False)
        ClosureRequest.objects.create(
            account=account,
            state=ClosureState.COOLING_OFF,
            channel="web",
            created_at=now,
            touched_at=now,
            policy={},
            submitted_at=now,
            finalizes_before=now + timedelta(minutes=53 - number),
        )
    first = sam.get("staff/closures/").json()
    second = sam.client.get(first["next"]).json()
    dues = [each["due"] for page in (first, second) for each in page["results"]]
    assert (len(first["results"]), len(second["results"]), second["next"]) == (50, 3, None)
    assert dues == sorted(dues)
    assert len(sam.get("staff/closures/", due="today", state="cooling_off").json()["results"]) == 50


def test_list_says_who_is_at_work_and_until_when(
    sam: Caller, lea: Caller, request_of_ana: ClosureRequest, now: datetime
) -> None:
    nobody = {"claimed_by": None, "claimed_until": None, "assigned_to": None}
    assert entry(sam).items() >= nobody.items()
    assert sam.account is not None
    assert lea.account is not None
    claim(request_of_ana.pk, actor=Actor.staff(sam.account), now=now)
    request_of_ana.refresh_from_db()
    assert request_of_ana.desk_until is not None
    until = request_of_ana.desk_until.isoformat().replace("+00:00", "Z")
    for caller in (sam, lea):
        assert (entry(caller)["claimed_by"], entry(caller)["claimed_until"]) == (sam.account.email, until)
    problem(decide(lea, request_of_ana, "reject"), 409, "on_another_desk")
    ClosureRequest.objects.update(desk_until=now - timedelta(minutes=1), assigned_to=lea.account.pk)
    assert (entry(sam)["claimed_by"], entry(sam)["assigned_to"]) == (None, lea.account.email)


def test_decision_on_a_check_that_changed_tells_what_is_new(sam: Caller, request_of_ana: ClosureRequest) -> None:
    seen = entry(sam)["seen_check"]
    assert seen == str(latest_run_of(request_of_ana))
    deposit(request_of_ana.account_id, "BTC", "1", now=clock.now())
    check_request(request_of_ana, Moment.SWEEP, now=clock.now())
    refused = problem(decide(sam, request_of_ana, "reject", seen_check=seen), 409, "check_changed")
    assert [(each["change"], each["area"]) for each in refused["changes"]] == [("new", "spot")]
    assert (refused["check"]["verdict"], refused["seen_check"]) == ("blocked", entry(sam)["seen_check"])
    unknown = problem(decide(sam, request_of_ana, "reject", seen_check=str(uuid7())), 409, "check_changed")
    assert (unknown["changes"], unknown["seen_check"]) == ([], refused["seen_check"])
    problem(decide(sam, request_of_ana, "reject", seen_check="new"), 400, "invalid")
    assert decide(sam, request_of_ana, "reject", seen_check=refused["seen_check"]).json()["state"] == "rejected"


@pytest.mark.row("L06")
def test_approval_by_two_people(sam: Caller, lea: Caller, request_of_ana: ClosureRequest) -> None:
    assert request_of_ana.state == ClosureState.IN_REVIEW
    proposed = decide(sam, request_of_ana, "approve")
    assert (proposed.status_code, proposed.json()["state"], proposed.json()["proposed"]) == (200, "in_review", True)
    problem(decide(sam, request_of_ana, "approve"), 403, "second_person_required")
    approved = decide(lea, request_of_ana, "approve")
    assert (approved.status_code, approved.json()["state"], approved.json()["proposed"]) == (200, "cooling_off", False)


@pytest.mark.row("L06")
def test_lead_who_proposed_and_the_owner_are_not_the_second(lea: Caller, request_of_ana: ClosureRequest) -> None:
    assert decide(lea, request_of_ana, "approve").json()["proposed"] is True
    problem(decide(lea, request_of_ana, "approve"), 403, "second_person_required")
    assert lea.account is not None
    owned = {"account_id": lea.account.pk, "proposed_by": None, "proposed_at": None}
    ClosureRequest.objects.filter(pk=request_of_ana.pk).update(**owned)
    problem(decide(lea, request_of_ana, "approve"), 403, "second_person_required")


def test_decision_on_an_old_version_comes_before_what_else_is_wrong(
    sam: Caller, request_of_ana: ClosureRequest
) -> None:
    old = request_of_ana.version - 1
    more_wrong: list[dict[str, Any]] = [{}, {"reason": ""}, {"decision": "burn"}, {"decision": None, "reason": 7}]
    for more in more_wrong:
        facts: dict[str, Any] = {"decision": "reject", "seen_version": old, **more}
        problem(decide(sam, request_of_ana, **facts), 409, "changed_since")


def test_decision_without_a_reason(sam: Caller, request_of_ana: ClosureRequest) -> None:
    for decision in ("approve", "reject", "cancel", "ask"):
        refused = problem(decide(sam, request_of_ana, decision, reason=" "), 400, "reason_required")
        assert refused["errors"][0]["field"] == "reason"


def test_decision_that_is_none(sam: Caller, request_of_ana: ClosureRequest) -> None:
    problem(decide(sam, request_of_ana, "close"), 400, "invalid")
    problem(decide(sam, request_of_ana, "reject", seen_version="new"), 400, "invalid")


@pytest.mark.row("L01")
def test_cancelling_needs_the_customer_s_case(
    sam: Caller, request_of_ana: ClosureRequest, ana: Account, now: datetime
) -> None:
    ben = make_account("ben")
    for case in (None, "", "SC-2222-2222", case_of(ben, now)):
        refused = problem(decide(sam, request_of_ana, "cancel", case=case), 400, "case_required")
        assert refused["errors"][0]["field"] == "case"
    answer = decide(sam, request_of_ana, "cancel", case=case_of(ana, now))
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    ana.refresh_from_db()
    assert ana.status == AccountStatus.ACTIVE


@pytest.mark.row("A17")
def test_rejection_releases_the_account(sam: Caller, request_of_ana: ClosureRequest, ana: Account) -> None:
    assert decide(sam, request_of_ana, "reject").json()["state"] == "rejected"
    ana.refresh_from_db()
    assert ana.status == AccountStatus.ACTIVE


def test_question_holds_the_request(sam: Caller, request_of_ana: ClosureRequest) -> None:
    assert decide(sam, request_of_ana, "ask").json()["state"] == "held"


def test_decision_about_nothing(sam: Caller) -> None:
    body = {"decision": "reject", "reason": REASON, "seen_version": 1}
    problem(sam.post("staff/closures/CL-2222-2222/decisions/", body), 404, "unknown_request")


def test_auditor_looks_and_decides_nothing(request_of_ana: ClosureRequest) -> None:
    auditor = Caller(make_staff("ada", Role.AUDITOR))
    assert auditor.get("staff/closures/").status_code == 200
    problem(decide(auditor, request_of_ana, "reject"), 403, "not_allowed")


def test_customer_sees_and_decides_nothing(request_of_ana: ClosureRequest) -> None:
    ben = Caller(make_account("ben"))
    problem(ben.get("staff/closures/"), 403, "not_allowed")
    problem(decide(ben, request_of_ana, "reject"), 403, "not_allowed")


def test_decision_repeated_with_its_key_is_made_once(sam: Caller, request_of_ana: ClosureRequest) -> None:
    path = f"staff/closures/{request_of_ana.reference}/decisions/"
    body = {"decision": "ask", "reason": REASON, "seen_version": request_of_ana.version}
    first, second = (sam.post(path, body, Idempotency_Key="d-1") for _turn in range(2))
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert second["Idempotent-Replayed"] == "true"
    problem(sam.post(path, body), 409, "changed_since")


def test_list_asks_the_database_as_often_for_three_as_for_one(
    sam: Caller, request_of_ana: ClosureRequest, now: datetime, django_assert_num_queries: Any
) -> None:
    for name in ("ben", "cid"):
        with django_assert_num_queries(5):
            sam.get("staff/closures/")
        ClosureRequest.objects.create(
            account=make_account(name, totp=False),
            state=ClosureState.COOLING_OFF,
            channel="web",
            created_at=now,
            touched_at=now,
            policy={},
            submitted_at=now,
            finalizes_before=now,
        )
