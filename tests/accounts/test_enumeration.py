"""Nobody finds out who has an account: answers equal to the byte, the same queries and rows (invariant 17, M01)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import sign_in
from accounts.enums import AccountStatus, IdentifierKind
from tests.blocking import MONTH, block
from tests.factories import PASSWORD, make_account, make_staff
from tests.pages import without_csrf

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("M01")]
S = AccountStatus

# Every value: what is left is the shape of the work.
VALUES = re.compile(r"'[^']*'|\"s\d+_x\d+\"|\b[0-9a-f]{32}\b|\d+")
# Names of one length: what was typed comes back.
PEOPLE = ("ana-diaz", "somebody", "closed-1", "frozen-1", "disabled", "blocked1", "was-free", "nopasswd")
CSRF_IN_JSON = re.compile(r'"csrf": ?"[^"]+"')


@dataclass(frozen=True)
class Trace:
    """All that one question leaves: what its asker sees, and what the server did."""

    answers: tuple[Any, ...]
    queries: tuple[str, ...]
    rows: tuple[tuple[str, int], ...]


@pytest.fixture(autouse=True)
def _people(now: datetime) -> None:
    """One person of each kind; the address of one more is blocked from registering, another was until lately."""
    make_account("ana-diaz")
    make_account("closed-1", status=S.CLOSED)
    make_account("frozen-1", status=S.FROZEN)
    make_account("disabled", status=S.DISABLED)
    make_account("nopasswd", password=None)
    make_staff("sam")
    block(IdentifierKind.EMAIL, "blocked1@example.test", now=now)
    block(IdentifierKind.EMAIL, "was-free@example.test", now=now - MONTH, until=now - timedelta(seconds=1))
    sign_in.nobody_hash()


def rows() -> dict[str, int]:
    """Return how many rows each table has."""
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def seen(response: Any, typed: str) -> tuple[Any, ...]:
    """Return what an asker sees of an answer, but for the token and what was typed."""
    body = CSRF_IN_JSON.sub("", without_csrf(response)).replace(typed, "")
    headers = tuple(sorted(response.headers.items()))
    return response.status_code, headers, body, tuple(sorted(response.cookies))


def trace(ask: Callable[[Client, str], list[Any]], typed: str) -> Trace:
    """Ask as a stranger who comes for the first time."""
    client = Client()
    client.get("/sign-in/")
    before = rows()
    with CaptureQueriesContext(connection) as queries:
        answers = ask(client, typed)
    after = rows()
    return Trace(
        answers=tuple(seen(answer, typed) for answer in answers),
        queries=tuple(VALUES.sub("", query["sql"]) for query in queries.captured_queries),
        rows=tuple((name, count - before[name]) for name, count in after.items() if count != before[name]),
    )


def by_sign_in(client: Client, typed: str) -> list[Any]:
    """Give the right password, but for Ana, and then a code."""
    password = "not-the-password" if typed.startswith("ana") else PASSWORD
    first = client.post("/sign-in/", {"identifier": typed, "password": password})
    code = client.post("/sign-in/code/", {"factor": "0" * 32, "code": "123456"})
    return [first, code, client.get(code["Location"])]


def by_api(client: Client, typed: str) -> list[Any]:
    """The same by the API."""
    password = "not-the-password" if typed.startswith("ana") else PASSWORD
    given = {"identifier": typed, "password": password}
    first = client.post("/api/v1/session/", given, content_type="application/json")
    body = {"factor": "0190a1b2-0000-7000-8000-000000000000", "code": "123456"}
    return [first, client.post("/api/v1/session/code/", body, content_type="application/json")]


def by_registering(client: Client, typed: str) -> list[Any]:
    answer = client.post("/register/", {"identifier": typed})
    return [answer, client.get(answer["Location"])]


def by_reset(client: Client, typed: str) -> list[Any]:
    answer = client.post("/password-reset/", {"identifier": typed})
    return [answer, client.get(answer["Location"])]


def by_status(client: Client, typed: str) -> list[Any]:
    reference = f"CL-{typed.partition('@')[0]:2>8.8}"
    answer = client.post("/status/", {"reference": reference, "contact": typed})
    return [answer, client.get(answer["Location"])]


def by_case(client: Client, typed: str) -> list[Any]:
    answer = client.post("/help/contact/", {"kind": "document_number", "text": "My number changed.", "contact": typed})
    return [answer, client.get(answer["Location"])]


def by_case_api(client: Client, typed: str) -> list[Any]:
    given = {"kind": "document_number", "text": "My number changed.", "contact": typed}
    return [client.post("/api/v1/cases/", given, content_type="application/json")]


def by_case_status(client: Client, typed: str) -> list[Any]:
    reference = f"SC-{typed.partition('@')[0]:2>8.8}"
    answer = client.post("/status/", {"reference": reference, "contact": typed})
    return [answer, client.get(answer["Location"])]


def by_reactivating(client: Client, typed: str) -> list[Any]:
    return [client.post("/api/v1/reactivations/", {"contact": typed}, content_type="application/json")]


def by_reactivating_page(client: Client, typed: str) -> list[Any]:
    answer = client.post("/reactivate/", {"contact": typed})
    return [answer, client.get(answer["Location"])]


def by_recovering(client: Client, typed: str) -> list[Any]:
    answer = client.post("/recover/", {"identifier": typed})
    return [answer, client.get(answer["Location"])]


CASES = [by_case, by_case_api]
COMING_BACK = [by_reactivating, by_reactivating_page, by_recovering]
WAYS = [by_sign_in, by_api, by_registering, by_reset, by_status, by_case_status, *COMING_BACK, *CASES]


@pytest.mark.parametrize("ask", WAYS)
def test_every_address_gets_one_answer_for_one_amount_of_work(ask: Callable[[Client, str], list[Any]]) -> None:
    trace(ask, "first@example.test")  # the counter of this machine's address has its row from now on
    traces = {name: trace(ask, f"{name}@example.test") for name in PEOPLE}
    staff = {} if ask in {by_sign_in, by_api} else {"sam": trace(ask, "sam@staff.example.test")}
    for name, found in {**traces, **staff}.items():
        assert found == traces["ana-diaz"], name
    assert len(traces["ana-diaz"].queries) >= 4


@pytest.mark.parametrize("ask", [by_registering, by_reset, *COMING_BACK, *CASES])
def test_phones_get_one_answer_too(ask: Callable[[Client, str], list[Any]], now: datetime) -> None:
    known = str(make_account("bea").phone)
    block(IdentifierKind.PHONE, "+14155559997", now=now)
    trace(ask, "+14155559998")
    free = trace(ask, "+14155559999")
    assert [trace(ask, number) for number in (known, "+14155559997")] == [free, free]


@pytest.mark.parametrize("ask", [by_registering, by_reset, by_status, *COMING_BACK])
def test_asking_writes_one_message_and_counters(ask: Callable[[Client, str], list[Any]]) -> None:
    written = dict(trace(ask, "ana-diaz@example.test").rows)
    assert written["accounts.OutboxMessage"] == 1
    assert set(written) == {"accounts.Attempt", "accounts.Tally", "accounts.OutboxMessage", "django_q.OrmQ"}


@pytest.mark.row("D05")
@pytest.mark.parametrize("ask", CASES)
def test_writing_to_us_keeps_one_case_and_one_message(ask: Callable[[Client, str], list[Any]]) -> None:
    written = dict(trace(ask, "ana-diaz@example.test").rows)
    mine = {f"accounts.{name}" for name in ("Case", "CaseContact", "CaseMessage", "Event", "OutboxMessage")}
    assert {name: written[name] for name in mine} == dict.fromkeys(mine, 1)
    assert set(written) == {*mine, "accounts.Attempt", "accounts.Tally", "django_q.OrmQ"}


@pytest.mark.parametrize("ask", [by_registering, by_reset])
def test_budget_of_a_contact_is_the_same_for_everybody(ask: Callable[[Client, str], list[Any]]) -> None:
    ends = {}
    page = "/register/" if ask is by_registering else "/password-reset/"
    for name in ("ana-diaz", "somebody", "frozen-1"):
        answers = [Client().post(page, {"identifier": f"{name}@example.test"}) for _number in range(6)]
        assert [answer.status_code for answer in answers] == [302] * 5 + [429]
        ends[name] = int(answers[-1].headers["Retry-After"]) // 60
    assert set(ends.values()) <= {14, 15}
