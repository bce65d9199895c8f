"""Who may call: the session's token on every unsafe method, and a second factor on every call that is not public."""

import pytest
from django.test import Client

from accounts.models import Account
from portal.api_authentication import SecondFactorDone
from tests.api import Caller, problem
from tests.factories import make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.mark.parametrize("path", ["session/", "session/challenge/", "session/code/", "closures/", "preflight/"])
def test_anonymous_post_without_a_token(path: str) -> None:
    caller = Caller()
    problem(caller.client.post(f"/api/v1/{path}", "{}", content_type="application/json"), 403, "csrf_failed")


def test_delete_without_a_token(ana: Account) -> None:
    caller = Caller(ana)
    problem(caller.client.delete("/api/v1/session/"), 403, "csrf_failed")
    assert caller.get("session/").json()["signed_in"] is True


def test_token_of_another_session() -> None:
    caller = Caller()
    caller.token()
    caller.csrf = Caller().token()
    problem(caller.post("session/", {}), 403, "csrf_failed")


def test_token_in_a_form_field_does_not_count() -> None:
    caller = Caller()
    answer = caller.client.post("/api/v1/session/", {"csrfmiddlewaretoken": caller.token()})
    problem(answer, 403, "csrf_failed")


def over_https(caller: Caller, **headers: str) -> int:
    given = {"X-CSRFToken": caller.token(), **headers}
    answer = caller.client.post("/api/v1/session/", "{}", content_type="application/json", headers=given, secure=True)
    return answer.status_code


def test_script_over_https_needs_no_referer() -> None:
    assert over_https(Caller()) == 400  # the sign-in failed: the token was enough


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Referer": "https://testserver/close/"}, 400),
        ({"Referer": "https://evil.example/"}, 403),
        ({"Referer": "http://testserver/"}, 403),
        ({"Referer": "nonsense"}, 403),
        ({"Origin": "https://testserver"}, 400),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_page_of_another_site_is_refused(headers: dict[str, str], status: int) -> None:
    assert over_https(Caller(), **headers) == status


def test_visitor_is_told_to_sign_in() -> None:
    answer = Caller().get("account/")
    problem(answer, 401, "not_signed_in")
    assert answer["WWW-Authenticate"] == 'Session realm="portal"'


def test_password_alone_opens_nothing(ana: Account) -> None:
    caller = Caller()
    caller.give_password(ana)
    problem(caller.get("account/"), 401, "not_signed_in")


def test_session_without_a_second_factor_opens_nothing(ana: Account) -> None:
    client = Client()
    client.force_login(ana)
    problem(client.get("/api/v1/account/"), 403, SecondFactorDone.code)
    answer = client.get("/api/v1/session/").json()
    assert (answer["signed_in"], answer["account"]) == (False, None)
