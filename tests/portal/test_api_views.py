"""The API's document and its page."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from drf_spectacular.validation import validate_schema

from portal import api_schema
from tests.api import problem
from tests.pages import house_rules, read

KEPT = Path(__file__).parents[2] / "docs" / "openapi.yaml"


def test_document_kept_is_the_one_drawn() -> None:
    assert KEPT.read_text() == api_schema.text(), "draw it again: manage.py openapi > docs/openapi.yaml"


def test_command_prints_the_document(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("openapi")
    assert capsys.readouterr().out == KEPT.read_text()


def test_document_is_valid_openapi() -> None:
    validate_schema(api_schema.document())


def calls() -> list[tuple[str, str, dict[str, Any]]]:
    paths = api_schema.document()["paths"]
    return [(path, method, call) for path, methods in paths.items() for method, call in methods.items()]


def test_document_lists_exactly_the_calls_of_now() -> None:
    found = sorted(f"{method.upper()} {path.removeprefix('/api/v1/')}" for path, method, _call in calls())
    assert found == [
        "DELETE session/",
        "GET account/",
        "GET captcha/",
        "GET cases/{reference}/",
        "GET closures/",
        "GET closures/{reference}/",
        "GET closures/{reference}/answer/",
        "GET exports/{export}/",
        "GET exports/{export}/file/",
        "GET reactivations/{reference}/",
        "GET receipts/{receipt}/",
        "GET remedies/{code}/",
        "GET session/",
        "GET staff/closures/",
        "GET staff/reactivations/",
        "POST cases/",
        "POST cases/{reference}/messages/",
        "POST closures/",
        "POST closures/{reference}/answer/",
        "POST closures/{reference}/cancel/",
        "POST closures/{reference}/dispute/",
        "POST closures/{reference}/document/",
        "POST closures/{reference}/submit/",
        "POST closures/{reference}/verification/",
        "POST closures/{reference}/verification/{factor}/",
        "POST closures/{reference}/verification/{factor}/challenge/",
        "POST core/activity/",
        "POST core/deposits/",
        "POST core/restrictions/",
        "POST exports/",
        "POST exports/verification/",
        "POST exports/verification/{factor}/",
        "POST exports/verification/{factor}/challenge/",
        "POST messages/events/",
        "POST preflight/",
        "POST reactivations/",
        "POST reactivations/password/",
        "POST reactivations/verification/",
        "POST reactivations/verification/{factor}/",
        "POST reactivations/verification/{factor}/challenge/",
        "POST reactivations/{reference}/document/",
        "POST reactivations/{reference}/evidence/",
        "POST reactivations/{reference}/submit/",
        "POST reactivations/{reference}/withdraw/",
        "POST reactivations/{token}/",
        "POST receipts/verify/",
        "POST remedies/{code}/",
        "POST remedies/{code}/verification/",
        "POST remedies/{code}/verification/{factor}/",
        "POST remedies/{code}/verification/{factor}/challenge/",
        "POST session/",
        "POST session/challenge/",
        "POST session/code/",
        "POST staff/closures/{reference}/decisions/",
        "POST staff/closures/{reference}/face/",
        "POST staff/reactivations/{reference}/decisions/",
        "POST status/",
        "POST status/{token}/",
    ]


def test_document_has_a_key_where_something_moves() -> None:
    keyed = {
        path.removeprefix("/api/v1/")
        for path, _method, call in calls()
        if any(parameter["name"] == "Idempotency-Key" for parameter in call.get("parameters", []))
    }
    posts = {path.removeprefix("/api/v1/") for path, method, _call in calls() if method == "post"}
    # A check moves nothing, a repeated password or sign-in code must be looked at again, and a link works once;
    # what a machine reports carries its own key.
    answered_anew = {"preflight/", "session/", "session/code/", "status/", "status/{token}/", "receipts/verify/"}
    answered_anew |= {f"reactivations/{call}" for call in ("", "{token}/", "password/", "verification/{factor}/")}
    signed = {"messages/events/", "core/activity/", "core/deposits/", "core/restrictions/"}
    assert posts - keyed == answered_anew | signed


def test_document_says_how_errors_look() -> None:
    for _path, _method, call in calls():
        assert list(call["responses"]["default"]["content"]) == ["application/problem+json"]


def test_schema_is_served_as_kept() -> None:
    answer = Client().get("/api/schema/")
    assert (answer.status_code, answer.content.decode()) == (200, KEPT.read_text())


@pytest.mark.django_db
def test_docs_list_every_call_on_a_page_of_ours() -> None:
    answer = Client().get("/api/docs/")
    page = read(answer)
    assert answer.status_code == 200
    assert house_rules(page) == []
    text = answer.content.decode()
    assert [path for path, method, _call in calls() if f">{method.upper()} {path}</code>" not in text] == []
    assert '<dt id="blocked">' in text


@pytest.mark.parametrize("path", ["/api/schema/", "/api/docs/"])
def test_description_is_read_only(path: str) -> None:
    problem(Client().post(path), 405, "method_not_allowed")
