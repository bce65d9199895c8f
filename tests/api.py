"""A program that calls the API as one outside would: a cookie, a token in a header, JSON both ways."""

import json
from typing import Any

from django.test import Client

from accounts.models import Account
from tests.factories import PASSWORD, totp_code

ROOT = "/api/v1/"
PROBLEM = "application/problem+json"


class Caller:
    """One cookie jar with CSRF enforced, signed in or not."""

    def __init__(self, account: Account | None = None) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.csrf = ""
        self.account = account
        if account is not None:
            self.sign_in(account)

    def get(self, path: str, **query: Any) -> Any:
        """GET a call."""
        return self.client.get(ROOT + path, query)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """POST a JSON body with the token of the session."""
        return self.send("POST", path, json.dumps(body or {}), **headers)

    def delete(self, path: str) -> Any:
        """DELETE with the token of the session."""
        return self.send("DELETE", path, "")

    def send(
        self, method: str, path: str, raw: str | bytes, *, content_type: str = "application/json", **headers: str
    ) -> Any:
        """Send any method and body."""
        given = {
            "X-CSRFToken": self.csrf or self.token(),
            **{name.replace("_", "-"): headers[name] for name in headers},
        }
        return self.client.generic(method, ROOT + path, raw, content_type=content_type, headers=given)

    def token(self) -> str:
        """Ask for the session's token and keep it."""
        self.csrf = self.get("session/").json()["csrf"]
        return self.csrf

    def give_password(self, account: Account) -> list[dict[str, Any]]:
        """Do the first half of signing in and return the factors."""
        answer = self.post("session/", {"identifier": account.email or account.phone, "password": PASSWORD})
        assert answer.status_code == 200, answer.content
        factors: list[dict[str, Any]] = answer.json()["factors"]
        return factors

    def sign_in(self, account: Account) -> None:
        """Sign in with the password and an authenticator code."""
        factor = next(each for each in self.give_password(account) if each["kind"] == "totp")
        answer = self.post("session/code/", {"factor": factor["id"], "code": totp_code(account)})
        assert answer.json()["signed_in"] is True, answer.content
        self.csrf = answer.json()["csrf"]


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """Return the body of a problem after looking at its form."""
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM), answer.content
    body: dict[str, Any] = answer.json()
    assert body["code"] == code, body
    assert body["status"] == status
    assert body["type"] == f"/api/docs/#{code}"
    assert {"title", "detail", "errors"} <= body.keys()
    return body
