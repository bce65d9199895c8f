"""Error pages look like the portal and need as little of it as they can."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from accounts.views import errors
from tests.pages import house_rules, read


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "429", "500", "503"])
def test_error_page_needs_neither_context_nor_database(code: str) -> None:
    # No `db` fixture: a query would fail this test.
    page = render_to_string(f"{code}.html")
    assert "Northbank" in page


def test_bad_request_uses_nothing_of_the_request() -> None:
    response = errors.bad_request(RequestFactory().get("/"))
    assert (response.status_code, house_rules(read(response))) == (400, [])


def test_server_error_uses_nothing_of_the_request() -> None:
    response = errors.server_error(RequestFactory().get("/"))
    assert (response.status_code, house_rules(read(response))) == (500, [])


def test_server_error_still_answers_when_templates_are_broken(settings: pytest.FixtureRequest) -> None:
    settings.TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]  # type: ignore[attr-defined]
    response = errors.server_error(RequestFactory().get("/"))
    assert (response.status_code, response.content) == (
        500,
        b"Something went wrong on our side. Try again in a few minutes.",
    )


@pytest.mark.django_db
def test_unknown_page_looks_like_the_portal(client: Client) -> None:
    response = client.get("/nowhere/")
    page = read(response)
    assert (response.status_code, house_rules(page)) == (404, [])
    assert "We cannot find that page" in page.text


@pytest.mark.django_db
def test_unknown_api_address_is_a_problem_document(client: Client) -> None:
    response = client.get("/api/v1/nowhere/")
    assert (response.status_code, response.headers["Content-Type"]) == (404, "application/problem+json")
    assert response.json()["status"] == 404


@pytest.mark.django_db
def test_form_without_token_is_refused_in_words(settings: pytest.FixtureRequest) -> None:
    response = Client(enforce_csrf_checks=True).post("/sign-in/", {"identifier": "a", "password": "b"})
    page = read(response)
    assert (response.status_code, house_rules(page)) == (403, [])
    assert "This form is no longer valid" in page.text


@pytest.mark.django_db
def test_permission_denied_does_not_repeat_the_exception(rf: RequestFactory, client: Client) -> None:
    request = client.get("/").wsgi_request
    response = errors.permission_denied(request, PermissionDenied("internal name"))
    assert (response.status_code, b"internal name" in response.content) == (403, False)


@pytest.mark.django_db
def test_unavailable_says_when_to_come_back(client: Client) -> None:
    response = errors.unavailable(client.get("/").wsgi_request)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "120")
    assert house_rules(read(response)) == []


def test_too_many_attempts_says_when() -> None:
    retry_at = datetime(2026, 11, 20, 14, 20, tzinfo=UTC)
    assert "20 Nov 2026, 14:20 UTC" in render_to_string("429.html", {"retry_at": retry_at})
