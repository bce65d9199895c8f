"""The page behind the link of create_staff."""

import time
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.enums import Role
from accounts.models import Account, Event, TotpDevice
from accounts.staff_enrollment import invite, read
from tests.factories import PASSWORD, totp_code
from tests.pages import house_rules, sign_in
from tests.pages import read as page_of

pytestmark = pytest.mark.django_db

EMAIL = "sam@staff.example.test"


@pytest.fixture
def token(now: datetime) -> str:
    return invite(EMAIL, Role.AGENT, actor=Actor.system("tests"), now=now)


def given(token: str, now: datetime, **other: Any) -> dict[str, Any]:
    code = read(token, now=now).device.code_at(time.time())
    return {"password": PASSWORD, "again": PASSWORD, "code": code, **other}


@pytest.mark.row("L07")
def test_staff_enroll_and_sign_in_to_the_console(client: Client, token: str, now: datetime) -> None:
    answer = client.post(f"/enroll/{token}/", given(token, now))
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    assert "You are enrolled." in page_of(client.get("/sign-in/")).text
    signed_in = sign_in(client, EMAIL, PASSWORD, totp_code(Account.objects.get()))
    assert signed_in["Location"] == "/staff/"
    assert client.get("/staff/").status_code == 200


def test_looking_at_the_link_changes_nothing(client: Client, token: str) -> None:
    before = (Account.objects.get().password, Event.objects.count())
    for _turn in range(3):
        page = client.get(f"/enroll/{token}/")
        picture = client.get(f"/enroll/{token}/qr.svg")
        assert (page.status_code, picture.status_code, picture["Content-Type"]) == (200, 200, "image/svg+xml")
        assert house_rules(page_of(page)) == []
    assert (Account.objects.get().password, Event.objects.count(), TotpDevice.objects.count()) == (*before, 0)


def test_link_used_or_made_up_gets_one_answer(client: Client, token: str, now: datetime) -> None:
    client.post(f"/enroll/{token}/", given(token, now))
    client = Client()
    used, made_up = client.get(f"/enroll/{token}/"), client.get("/enroll/made:up/")
    assert (used.status_code, made_up.status_code, used.content) == (410, 410, made_up.content)
    assert house_rules(page_of(used)) == []
    assert client.get(f"/enroll/{token}/qr.svg").status_code == 410
    assert client.post(f"/enroll/{token}/", {"password": "x"}).status_code == 410


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"again": "Other-password-9"}, "The two passwords are not the same."),
        ({"password": "short", "again": "short"}, "Use at least 12 characters."),
        ({"code": "000000"}, "That code is not right"),
        ({"password": "", "again": ""}, "Choose a password."),
        ({"code": ""}, "Enter the code."),
    ],
)
def test_refusal_is_said_beside_the_field_and_no_secret_comes_back(
    client: Client, token: str, now: datetime, other: dict[str, str], words: str
) -> None:
    answer = client.post(f"/enroll/{token}/", given(token, now, **other))
    page = page_of(answer)
    assert (answer.status_code, words in page.text) == (422, True)
    assert [
        field.get("value") for field in page.every("input") if field.get("name") in {"password", "again", "code"}
    ] == [None] * 3
    assert TotpDevice.objects.count() == 0
