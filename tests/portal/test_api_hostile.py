"""Whatever is sent, the API answers in its own form and never fails: bodies, types, sizes, letters, queries."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import clock
from accounts.models import Account
from tests.api import PROBLEM, Caller
from tests.closure import api_walk as walk
from tests.closure.coming_back import proven
from tests.closure.reactivating import disabled
from tests.factories import make_account, make_staff
from tests.portal.routes import Call, calls

pytestmark = pytest.mark.django_db

POSTS = [call for call in calls() if call.method == "POST"]
FIELDS = (
    "acknowledged", "captcha", "case", "code", "contact", "decision", "face_consent", "factor", "identifier", "kind",
    "number", "outcome", "password", "reason", "reference", "seen_version", "template",
    "broken", "despite", "photo", "type",
)  # fmt: skip
NASTY: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        -1,
        0,
        2**31,
        2**63,
        10**400,
        1e308,
        "",
        " ",
        "\x00",
        "a\x00b",
        "\u202e",
        "e\u0301" * 40,
        "🙂" * 300,
        "a" * 5_000,
        "'; DROP TABLE accounts_account; --",
        "{{7*7}}",
        "../../etc/passwd",
        "approve",
        "reject",
        "ana@example.test",
        "+14155550100",
        "000000",
        "\u0660" * 6,
        "SC-2222-2222",
        [],
        [[]],
        {},
        {"a": {"b": [None]}},
        ["data_gone"] * 600,
        ["data_gone", 7],
    ]
)
VALUES = NASTY | st.text(max_size=40) | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
BODIES = st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), VALUES, max_size=6)
QUICK = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


class Everybody:
    """A customer with a draft, one who comes back, a half-finished sign-in and a member of staff."""

    def __init__(self) -> None:
        self.ana: Account = make_account("ana")
        self.owner, self.sam, self.half = Caller(self.ana), Caller(make_staff("sam")), Caller()
        self.reference = walk.open_draft(self.owner)
        self.factor = walk.begin_verification(self.owner, self.reference)["totp"]
        self.visitor, self.visited = proven(disabled("eve", now=clock.now()))
        self.half_factor = self.half.give_password(make_account("cid"))[0]["id"]

    def caller(self, call: Call) -> Caller:
        """Return who gets furthest with a call."""
        if call.path.startswith("staff/"):
            return self.sam
        if call.path.startswith("reactivations/"):
            return self.visitor
        return self.half if call.path.startswith("session/") else self.owner

    def address(self, call: Call) -> str:
        """Return the address of a call about Ana."""
        own = self.visited if "reactivations/" in call.path else self.reference
        return call.address(own, self.factor)


@pytest.fixture
def everybody() -> Everybody:
    return Everybody()


@contextmanager
def rolled_back() -> Iterator[None]:
    """Undo what an example does, so that no budget runs out and later examples get as far."""
    block: Any = transaction.atomic()
    block._from_testcase = True  # durable blocks inside are the product's own
    with block:
        yield
        transaction.set_rollback(True)


def is_in_form(answer: Any) -> bool:
    """Tell whether an answer is one of the API's: no failure, and every refusal a problem."""
    if answer.status_code >= 400:
        body = json.loads(answer.content)
        return bool(
            answer.status_code < 500 and answer["Content-Type"] == PROBLEM and body["status"] == answer.status_code
        )
    return answer.status_code in {200, 201, 202, 204}


@pytest.mark.parametrize("call", POSTS, ids=str)
def test_any_body_is_answered_in_form(everybody: Everybody, call: Call) -> None:
    @QUICK
    @given(BODIES)
    def send(body: dict[str, Any]) -> None:
        with rolled_back():
            answer = everybody.caller(call).post(everybody.address(call), body)
        assert is_in_form(answer), (body, answer.status_code, answer.content)

    send()


@pytest.mark.parametrize("call", POSTS[:3], ids=str)
def test_any_bytes_are_answered_in_form(everybody: Everybody, call: Call) -> None:
    @QUICK
    @given(st.binary(max_size=200))
    def send(raw: bytes) -> None:
        answer = everybody.caller(call).send("POST", everybody.address(call), raw)
        assert is_in_form(answer), (raw, answer.status_code, answer.content)

    send()


@pytest.mark.parametrize("path", ["closures/", "staff/closures/"])
def test_any_query_is_answered_in_form(everybody: Everybody, path: str) -> None:
    names = st.sampled_from(["state", "due", "q", "cursor", "format", "page"])

    @QUICK
    @given(st.dictionaries(names, st.text(max_size=60), max_size=5))
    def send(query: dict[str, str]) -> None:
        answer = (everybody.sam if path.startswith("staff") else everybody.owner).get(path, **query)
        assert is_in_form(answer), (query, answer.status_code, answer.content)

    send()


def test_any_reference_is_answered_in_form(everybody: Everybody) -> None:
    @QUICK
    @given(st.text(min_size=1, max_size=30))
    def send(reference: str) -> None:
        path = "/api/v1/closures/" + reference.replace("?", "").replace("#", "") + "/"
        answer = everybody.owner.client.generic("GET", path)
        assert is_in_form(answer), (reference, answer.status_code, answer.content)

    send()
