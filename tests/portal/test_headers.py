"""Headers and cookies of every address, for everybody: nothing inline, nothing kept, nothing for other origins."""

from datetime import datetime
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import middleware
from accounts.models import Session
from tests.factories import PASSWORD, make_account, totp_code
from tests.pages import sign_in
from tests.portal.addresses import Address, addresses, people

pytestmark = pytest.mark.django_db

EXPECTED = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": middleware.PERMISSIONS_POLICY,
    "Cache-Control": "no-store, private",
}
STRICTER = frozenset({"no-store", "private", "no-cache", "must-revalidate", "max-age=0"})
CLEAR = middleware.CLEAR_SITE_DATA
ENDS_THE_SESSION = frozenset({"sign-out", "logout", "session"})


def sent(answer: Any) -> dict[str, str]:
    told = {name: answer.headers.get(name, "") for name in EXPECTED}
    parts = [part.strip() for part in told["Content-Security-Policy"].split(";")]
    told["Content-Security-Policy"] = "; ".join(sorted(parts))
    # Django's console says the same in more words.
    kept = {part.strip() for part in told["Cache-Control"].split(",")}
    if not kept - STRICTER:
        told["Cache-Control"] = ", ".join(sorted(kept & {"no-store", "private"}))
    return told


WANTED = {
    **EXPECTED,
    "Content-Security-Policy": "; ".join(sorted(EXPECTED["Content-Security-Policy"].split("; "))),
}


def asked(client: Client, address: Address, method: str) -> Any:
    return client.generic(method, address.filled({}), secure=True, content_type="application/x-www-form-urlencoded")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_address_sends_every_header_to_everybody(now: datetime, method: str) -> None:
    """Whatever it answers: pages, redirects, refusals, programs' documents, files."""
    wrong, every = [], addresses()
    for who, client in people(now).items():
        for address in every:
            if method == "POST" and address.name in ENDS_THE_SESSION:
                continue
            answer = asked(client, address, method)
            got = sent(answer)
            wrong += [f"{who} {address} {name}: {got[name]!r}" for name in WANTED if got[name] != WANTED[name]]
            wrong += [f"{who} {address}: cookie {name}" for name in answer.cookies if name != "__Host-session"]
            wrong += [f"{who} {address}: {answer.status_code}"] * (answer.status_code >= 500)
    assert wrong == []
    assert len(every) > 60


@pytest.mark.parametrize("path", ["/", "/staff/", "/nowhere/", "/static/nowhere.css"])
def test_forged_host_is_our_page_with_every_header(client: Client, path: str) -> None:
    answer = client.get(path, secure=True, headers={"host": "evil.example"})
    assert (answer.status_code, sent(answer)) == (400, WANTED)
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert b"evil" not in answer.content


def test_forged_host_is_a_problem_document_for_programs(client: Client) -> None:
    answer = client.get("/api/v1/session/", secure=True, headers={"host": "evil.example"})
    assert (answer.status_code, answer["Content-Type"], sent(answer)) == (400, "application/problem+json", WANTED)
    assert answer.json() == {
        "type": "/api/docs/#bad_request",
        "title": "Bad Request",
        "status": 400,
        "code": "bad_request",
        "detail": "This request cannot be read.",
        "errors": [],
    }


def breaks(_get_response: Any) -> Any:
    """A middleware that fails before any view."""

    def fail(request: HttpRequest) -> HttpResponse:
        raise ZeroDivisionError

    return fail


@pytest.mark.parametrize(
    ("path", "kind"), [("/", "text/html; charset=utf-8"), ("/api/v1/session/", "application/problem+json")]
)
def test_failure_before_the_view_has_every_header(settings: Settings, path: str, kind: str) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.breaks"]
    answer = Client(raise_request_exception=False).get(path, secure=True)
    assert (answer.status_code, answer["Content-Type"], sent(answer)) == (500, kind, WANTED)


def test_passkeys_are_allowed_for_our_own_pages() -> None:
    allowed = [part for part in middleware.PERMISSIONS_POLICY.split(", ") if not part.endswith("=()")]
    assert allowed == ["publickey-credentials-create=(self)", "publickey-credentials-get=(self)"]


def signed_in() -> Client:
    ana, client = make_account("ana"), Client()
    sign_in(client, "ana@example.test", PASSWORD, totp_code(ana))
    return client


def test_signing_out_clears_the_browser_and_nothing_else_does() -> None:
    client = signed_in()
    answers = [client.get("/security/"), client.post("/language/", {"language": "en"}), client.post("/sign-out/")]
    assert [answer.headers.get("Clear-Site-Data") for answer in answers] == [None, None, CLEAR]
    assert client.get("/").headers.get("Clear-Site-Data") is None


def test_signing_out_by_the_api_clears_the_browser() -> None:
    answer = signed_in().delete("/api/v1/session/")
    assert (answer.status_code, answer.headers.get("Clear-Site-Data")) == (204, CLEAR)


@pytest.mark.row("E04")
def test_session_that_ended_elsewhere_clears_the_browser_once() -> None:
    client = signed_in()
    Session.objects.all().delete()
    answers = [client.get("/security/"), client.get("/")]
    assert [answer.headers.get("Clear-Site-Data") for answer in answers] == [CLEAR, None]


def test_visitor_without_a_session_is_left_alone(client: Client) -> None:
    client.post("/language/", {"language": "en"})
    assert [client.get(path).headers.get("Clear-Site-Data") for path in ("/", "/sign-in/")] == [None, None]
