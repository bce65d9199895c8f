"""Writing to us by the API: one answer whoever asks, and an owner who is signed in needs no address (D05)."""

from datetime import datetime
from typing import Any

import pytest

from accounts import case_messages, cases
from accounts.actors import Actor
from accounts.models import Case, CaseContact
from tests.api import Caller, problem
from tests.factories import make_account, make_staff
from tests.writing import TEXT, case_token, written

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("D05")]


def test_stranger_opens_a_case(now: datetime) -> None:
    given: dict[str, Any] = {"kind": "residency", "text": TEXT, "contact": "ana@example.test"}
    answer = Caller().post("cases/", given)
    assert (answer.status_code, sorted(answer.json())) == (202, ["detail"])
    case = Case.objects.get()
    assert (case.kind, case.account_id, CaseContact.objects.count()) == ("residency", None, 1)


def test_owner_who_is_signed_in_opens_a_case_of_their_own(now: datetime) -> None:
    ana = make_account("ana")
    caller = Caller(ana)
    given = {"kind": "other", "text": TEXT, "contact": "somebody@example.test"}
    assert [caller.post("cases/", given, Idempotency_Key="one").status_code for _time in range(2)] == [202, 202]
    assert (Case.objects.get().account_id, CaseContact.objects.count()) == (ana.pk, 0)


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "complaint"}, {"text": ""}, {"text": "x" * 4001}, {"contact": "nobody"}, {"contact": ""}],
)
def test_bad_shape_is_refused(now: datetime, wrong: dict[str, str]) -> None:
    given = {"kind": "other", "text": TEXT, "contact": "ana@example.test", **wrong}
    answer = Caller().post("cases/", given)
    assert (answer.status_code, Case.objects.count()) == (400, 0)


@pytest.mark.row("E07")
def test_link_of_a_case_opens_that_case_alone_with_messages_both_ways(now: datetime) -> None:
    make_account("ana")
    case, other = written(), written()
    caller = Caller()
    opened = caller.post(f"status/{case_token(case)}/")
    assert (opened.status_code, opened.json()["reference"]) == (200, case.reference)
    caller.csrf = opened.json()["csrf"]
    case_messages.answer(case.pk, "Which country?", actor=Actor.staff(make_staff("sam")), now=now)
    answer = caller.get(f"cases/{case.reference.lower()}/").json()
    assert {key: answer[key] for key in ("reference", "kind", "state")} == {
        "reference": case.reference,
        "kind": "document_number",
        "state": "waiting_customer",
    }
    assert [(each["from_staff"], each["text"]) for each in answer["messages"]] == [
        (False, TEXT),
        (True, "Which country?"),
    ]
    for _time in range(2):
        wrote = caller.post(f"cases/{case.reference}/messages/", {"text": "France."}, Idempotency_Key="one")
        assert (wrote.status_code, wrote.json()["state"], len(wrote.json()["messages"])) == (201, "open", 3)
    assert problem(caller.post(f"cases/{case.reference}/messages/", {"text": ""}), 400, "invalid")
    for path in (f"cases/{other.reference}/", "cases/SC-2222-2222/"):
        problem(caller.get(path), 404, "unknown_case")
    problem(caller.post(f"cases/{other.reference}/messages/", {"text": "x"}), 404, "unknown_case")
    assert caller.get("account/").status_code == 401
    assert Caller().post(f"status/{'x' * 43}/").status_code == 410
    cases.resolve_case(case.pk, actor=Actor.staff(make_staff("tim")), note="", now=now)
    problem(caller.post(f"cases/{case.reference}/messages/", {"text": "More."}), 409, "case_over")


@pytest.mark.row("E07")
def test_owner_who_is_signed_in_reads_and_writes_their_cases_alone(now: datetime) -> None:
    ana, caller = make_account("ana"), Caller()
    problem(caller.get("cases/SC-2222-2222/"), 401, "not_signed_in")
    caller = Caller(ana)
    caller.post("cases/", {"kind": "other", "text": TEXT})
    case, theirs = Case.objects.get(), written("ben@example.test")
    assert caller.get(f"cases/{case.reference}/").json()["messages"][0]["text"] == TEXT
    assert caller.post(f"cases/{case.reference}/messages/", {"text": "More."}).status_code == 201
    problem(caller.get(f"cases/{theirs.reference}/"), 404, "unknown_case")
