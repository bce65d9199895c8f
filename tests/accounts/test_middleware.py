"""Session cookie, headers and refusals of every request."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from accounts import clock
from accounts.exceptions import NotAllowed, TooManyAttempts
from accounts.middleware import HeadersMiddleware, SessionMiddleware, seconds_until
from accounts.models import Session
from portal.urls import urlpatterns as portal_urls
from tests.factories import make_account

pytestmark = pytest.mark.django_db


def refuse_for_now(request: HttpRequest) -> HttpResponse:
    raise TooManyAttempts(clock.now() + timedelta(minutes=15))


def refuse(request: HttpRequest) -> HttpResponse:
    raise NotAllowed("Only the owner closes an account.")


def end_own_session(request: HttpRequest) -> HttpResponse:
    request.session["more"] = 1
    Session.objects.all().delete()
    return HttpResponse("done")


def say(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


def keep(request: HttpRequest) -> HttpResponse:
    request.session["more"] = 1
    return HttpResponse("kept", status=int(request.GET.get("status", "200")))


urlpatterns = [
    path("locked/", refuse_for_now),
    path("refused/", refuse),
    path("ended/", end_own_session),
    path("say/", say),
    path("keep/", keep),
    *portal_urls,
]

here = pytest.mark.urls(__name__)


@here
def test_visitor_who_does_nothing_gets_no_cookie(client: Client) -> None:
    assert dict(client.get("/say/").cookies) == {}


@here
def test_cookie_is_for_this_host_alone(client: Client) -> None:
    cookie = client.get("/keep/").cookies["__Host-session"]
    told = {name: cookie[name] for name in ("path", "domain", "secure", "httponly", "samesite", "max-age", "expires")}
    assert told == {
        "path": "/",
        "domain": "",
        "secure": True,
        "httponly": True,
        "samesite": "Lax",
        "max-age": "",
        "expires": "",
    }


@here
def test_failed_request_keeps_nothing(client: Client) -> None:
    assert dict(client.get("/keep/?status=503").cookies) == {}


@here
@pytest.mark.row("E04")
def test_session_ended_meanwhile_loses_its_cookie_and_stays_ended(client: Client) -> None:
    client.force_login(make_account("ana"))
    response = client.get("/ended/")
    assert (response.status_code, response.cookies["__Host-session"].value) == (200, "")
    assert (Session.objects.count(), SESSION_KEY in client.session) == (0, False)


@here
def test_unknown_key_loses_its_cookie() -> None:
    request: Any = RequestFactory().get("/say/")
    request.COOKIES["__Host-session"] = "a" * 43

    def view(request: Any) -> HttpResponse:
        assert request.session.get("x") is None
        return HttpResponse()

    response: Any = SessionMiddleware(view)(request)
    assert response.cookies["__Host-session"]["max-age"] == 0


@here
def test_too_many_attempts_is_a_page_that_says_when(client: Client) -> None:
    with time_machine.travel(clock.now(), tick=False):
        response = client.get("/locked/")
    assert (response.status_code, response.headers["Retry-After"]) == (429, "900")
    assert "You can try again after" in response.content.decode()


@here
def test_refusal_is_a_page_with_its_reason(client: Client) -> None:
    response = client.get("/refused/")
    assert response.status_code == 403
    assert "Only the owner closes an account." in response.content.decode()


@here
def test_dynamic_answers_are_kept_by_nobody(client: Client) -> None:
    headers = client.get("/say/").headers
    assert {
        name: headers[name] for name in ("Cache-Control", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy")
    } == {
        "Cache-Control": "no-store, private",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    assert "camera=()" in headers["Permissions-Policy"]


def test_what_a_view_says_about_caching_stands() -> None:
    answer = HttpResponse(headers={"Cache-Control": "max-age=60"})
    kept: Any = HeadersMiddleware(lambda request: answer)(HttpRequest())
    assert kept.headers["Cache-Control"] == "max-age=60"


@pytest.mark.parametrize(
    ("wait", "seconds"), [(timedelta(minutes=1), 60), (timedelta(seconds=0.2), 1), (timedelta(-1), 1)]
)
def test_waiting_is_told_in_whole_seconds(now: datetime, wait: timedelta, seconds: int) -> None:
    assert seconds_until(now + wait, now) == seconds
