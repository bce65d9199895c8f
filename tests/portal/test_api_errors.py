"""Every error of the API is a problem document, whatever goes wrong and wherever."""

import json
from typing import Any

import pytest
from django.test import Client, RequestFactory
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ApiView
from accounts.api.parsers import MAX_BYTES
from accounts.exceptions import PortalError
from accounts.models import Account
from closure.exceptions import BlockedBy
from closure.exchange.errors import Unreachable
from portal.api_codes import TRANSPORT, in_words
from portal.api_errors import flatten, problem_details
from tests.api import PROBLEM, Caller, problem
from tests.factories import make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def caller(ana: Account) -> Caller:
    return Caller(ana)


@pytest.mark.parametrize(
    "path", ["", "nothing/", "session", "closures/CL-1/", "closures/%00/", "closures/../x/", "🙂/"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_address_of_nothing(method: str, path: str) -> None:
    problem(Caller().client.generic(method, f"/api/v1/{path}"), 404, "not_found")


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v2/", "/api/v1", "/api/docs", "/api/schema"])
def test_address_outside_of_the_version(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == (301 if path == "/api" else 404)
    if path != "/api":
        problem(answer, 404, "not_found")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS", "TRACE"])
def test_method_that_a_call_does_not_take(caller: Caller, method: str) -> None:
    answer = caller.send(method, "session/", "{}")
    problem(answer, 405, "method_not_allowed")
    assert answer["Allow"] == "GET, HEAD, POST, DELETE"


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "x"],
)
def test_body_that_is_no_json_by_its_type(caller: Caller, content_type: str) -> None:
    problem(caller.send("POST", "closures/", "a=1", content_type=content_type), 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "raw",
    [
        "{",
        "[]",
        '"text"',
        "null",
        "7",
        "NaN",
        '{"a": Infinity}',
        '{"acknowledged": ["\\ud800"]}',
        b"\xff\xfe{}",
        b'{"a": "\xc3\x28"}',
        "{" + '"a":' * 9,
        '{"a":' + "[" * 20_000 + "]" * 20_000 + "}",
        '{"a": ' + "9" * 5_000 + "}",
    ],
)
def test_body_that_is_no_object(caller: Caller, raw: str | bytes) -> None:
    problem(caller.send("POST", "closures/", raw), 400, "parse_error")


@pytest.mark.parametrize("charset", ["hex", "rot13", "utf-16", "base64", "nothing", "idna"])
def test_body_is_utf_8_whatever_is_claimed(caller: Caller, charset: str) -> None:
    answer = caller.send("POST", "closures/", "{", content_type=f"application/json; charset={charset}")
    problem(answer, 400, "parse_error")


def test_body_that_is_too_large(caller: Caller) -> None:
    for size in (MAX_BYTES, 5_000_000):
        raw = json.dumps({"acknowledged": ["a" * size]})
        problem(caller.send("POST", "closures/", raw), 413, "too_large")


def test_body_of_wrong_types_names_the_fields(caller: Caller) -> None:
    refused = problem(caller.post("closures/", {"acknowledged": "data_gone"}), 400, "invalid")
    assert [(each["field"], each["code"]) for each in refused["errors"]] == [("acknowledged", "not_a_list")]
    refused = problem(caller.post("closures/", {"acknowledged": ["data_gone", None]}), 400, "invalid")
    assert [(each["field"], each["code"]) for each in refused["errors"]] == [("acknowledged.1", "null")]


@pytest.mark.parametrize("key", [" ", "é", "k" * 256, "a b"])
def test_idempotency_key_that_cannot_be_one(caller: Caller, key: str) -> None:
    problem(caller.post("closures/", {}, Idempotency_Key=key), 400, "parse_error")


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/png", "*/*;q=0", "nonsense", ""])
def test_answer_is_json_whatever_is_accepted(accept: str) -> None:
    answer = Client().get("/api/v1/session/?format=xml", headers={"Accept": accept})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


def test_head_is_get_without_a_body() -> None:
    answer = Client().head("/api/v1/session/")
    assert (answer.status_code, answer.content) == (200, b"")


class Broken(ApiView):
    """A call whose operation fails in a way that nobody thought of."""

    authentication_classes = ()
    permission_classes = ()
    error: Exception = RuntimeError("the password is hunter2")

    def get(self, request: Request) -> Response:
        raise self.error


def test_what_nobody_expected_shows_nothing_of_itself(caplog: pytest.LogCaptureFixture) -> None:
    answer: Any = Broken.as_view()(RequestFactory().get("/api/v1/x/"))
    answer.render()
    assert (answer.status_code, answer["Content-Type"], answer.data["code"]) == (500, PROBLEM, "internal_error")
    assert b"hunter2" not in answer.content
    assert b"Traceback" not in answer.content
    assert "unexpected error in Broken" in caplog.text


def test_core_that_does_not_answer() -> None:
    assert problem_details(Unreachable("timeout at 10.0.0.7"), {}).data["code"] == "unavailable"
    assert "10.0.0.7" not in str(problem_details(Unreachable("timeout at 10.0.0.7"), {}).data)


def test_refusals_by_default_are_conflicts() -> None:
    answer = problem_details(PortalError("No.", code="whatever"), {})
    assert (answer.status_code, answer.data["code"], answer.data["detail"]) == (409, "whatever", "No.")


def test_blocked_without_a_check_still_answers() -> None:
    assert problem_details(BlockedBy(None), {}).data["check"] is None


def test_flatten_joins_nested_fields() -> None:
    error = serializers.ValidationError({"a": {"b": [{}, {"c": ["bad"]}]}, "non_field_errors": ["worse"]})
    assert [(each["field"], each["detail"]) for each in flatten(error.detail)] == [("a.b.1.c", "bad"), ("", "worse")]


def test_codes_are_all_documented() -> None:
    words = dict(in_words())
    assert TRANSPORT.items() <= words.items()
    assert {"blocked", "changed_since", "second_person_required", "sign_in_failed", "wrong_code"} <= words.keys()
    assert all(words.values())
