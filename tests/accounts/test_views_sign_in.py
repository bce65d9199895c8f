"""Signing in and out by the pages."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.enums import AccountStatus
from accounts.models import Account, Session, StepUp
from tests.factories import PASSWORD, make_account, totp_code
from tests.pages import house_rules, read, sign_in, without_csrf

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def first_half(client: Client, identifier: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in/", {"identifier": identifier, "password": password, **more})


def factor_field(client: Client) -> str:
    page = read(client.get("/sign-in/code/"))
    return next(field["value"] for field in page.every("input") if field.get("name") == "factor")


def test_password_and_code_sign_in(client: Client, ana: Account) -> None:
    response = sign_in(client, "ana@example.test", PASSWORD, totp_code(ana))
    assert (response.status_code, response["Location"]) == (302, "/security/")
    assert client.get("/security/").status_code == 200


def test_password_alone_signs_nobody_in(client: Client, ana: Account) -> None:
    assert first_half(client, "ana@example.test")["Location"] == "/sign-in/code/"
    assert client.get("/security/")["Location"] == "/sign-in/?next=%2Fsecurity%2F"


def test_phone_number_signs_in_too(client: Client, ana: Account) -> None:
    assert ana.phone is not None
    assert first_half(client, ana.phone)["Location"] == "/sign-in/code/"


@pytest.mark.row("M01")
def test_refusals_are_one_answer(ana: Account) -> None:
    for name, status in (
        ("bea", AccountStatus.FROZEN),
        ("cai", AccountStatus.DISABLED),
        ("dot", AccountStatus.CLOSED),
    ):
        make_account(name, status=status)
    answers = set()
    for identifier, password in (
        ("ana@example.test", "not-the-password"),
        ("bea@example.test", PASSWORD),
        ("cai@example.test", PASSWORD),
        ("dot@example.test", PASSWORD),
        ("eve@example.test", PASSWORD),
        ("bea@example.test", "not-the-password"),
    ):
        response = first_half(Client(), identifier, password)
        # What was typed comes back, so that it can be corrected; nothing else may differ.
        body = without_csrf(response).replace(identifier, "")
        headers = tuple(sorted((name, value) for name, value in response.headers.items()))
        answers.add((response.status_code, body, headers, tuple(sorted(response.cookies))))
    assert len(answers) == 1


def test_refusal_keeps_the_identifier_but_no_secret(client: Client, ana: Account) -> None:
    response = first_half(client, "ana@example.test", "not-the-password")
    page = read(response)
    values = {field.get("name"): field.get("value") for field in page.every("input")}
    assert (values["identifier"], values["password"]) == ("ana@example.test", None)
    assert (response.status_code, house_rules(page)) == (422, [])
    assert page.text.startswith("Error: Sign in")


def test_empty_form_names_both_fields(client: Client) -> None:
    page = read(client.post("/sign-in/", {}))
    links = [link["href"] for link in page.every("a") if link["href"].startswith("#id_")]
    assert links == ["#id_identifier", "#id_password"]


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "javascript:alert(1)", "evil"])
def test_sign_in_never_leads_to_another_site(client: Client, ana: Account, target: str) -> None:
    assert first_half(client, "ana@example.test", next=target)["Location"] == "/sign-in/code/"


def test_sign_in_leads_back_to_where_it_was_asked(client: Client, ana: Account) -> None:
    response = first_half(client, "ana@example.test", next="/close/risks/")
    assert response["Location"] == "/sign-in/code/?next=%2Fclose%2Frisks%2F"
    page = read(client.get(response["Location"]))
    fields = {field["name"]: field["value"] for field in page.every("input") if "value" in field}
    code = {"factor": fields["factor"], "next": fields["next"], "code": totp_code(ana)}
    assert client.post("/sign-in/code/", code)["Location"] == "/close/risks/"


def test_code_page_without_the_first_half_leads_back(client: Client) -> None:
    assert client.get("/sign-in/code/")["Location"] == "/sign-in/"
    assert client.post("/sign-in/code/", {"code": "123456"})["Location"] == "/sign-in/"


def test_wrong_code_says_so_and_signs_nobody_in(client: Client, ana: Account) -> None:
    first_half(client, "ana@example.test")
    wrong = f"{(int(totp_code(ana)) + 1) % 10**6:06}"
    response = client.post("/sign-in/code/", {"factor": factor_field(client), "code": wrong})
    page = read(response)
    assert (response.status_code, house_rules(page)) == (422, [])
    assert wrong not in response.content.decode()
    assert client.get("/security/").status_code == 302


def test_code_may_be_typed_in_groups(client: Client, ana: Account) -> None:
    code = totp_code(ana)
    assert sign_in(client, "ana@example.test", PASSWORD, f" {code[:3]} {code[3:]} ").status_code == 302


def test_code_page_offers_the_other_factors(client: Client, ana: Account) -> None:
    first_half(client, "ana@example.test")
    page = read(client.get("/sign-in/code/"))
    others = [link["href"] for link in page.every("a") if link["href"].startswith("?factor=")]
    assert len(others) == 2
    shown = read(client.get(f"/sign-in/code/{others[0]}"))
    assert "Send the code" in shown.text


def test_sending_a_code_leads_to_its_field(client: Client, ana: Account) -> None:
    first_half(client, "ana@example.test")
    page = read(client.get("/sign-in/code/"))
    device = next(link["href"] for link in page.every("a") if link["href"].startswith("?factor=")).split("=")[1]
    response = client.post("/sign-in/code/", {"send": device})
    assert response["Location"] == f"/sign-in/code/?factor={device}"
    assert [
        field["autocomplete"]
        for field in read(client.get(response["Location"])).every("input")
        if "autocomplete" in field
    ] == ["one-time-code"]


def test_time_over_asks_for_the_password_again(client: Client, ana: Account, advance: Callable[..., datetime]) -> None:
    first_half(client, "ana@example.test")
    factor = factor_field(client)
    advance(minutes=11)
    response = client.post("/sign-in/code/", {"factor": factor, "code": totp_code(ana)})
    assert response["Location"] == "/sign-in/"
    assert "The time is over" in read(client.get("/sign-in/")).text


def test_reading_the_pages_changes_nothing(client: Client, ana: Account) -> None:
    first_half(client, "ana@example.test")
    before = (list(StepUp.objects.values()), Session.objects.count())
    for address in ("/", "/sign-in/", "/sign-in/code/", "/language/", "/close/"):
        assert client.get(address).status_code == 200
    assert (list(StepUp.objects.values()), Session.objects.count()) == before


def test_sign_out_takes_a_post(client: Client, ana: Account) -> None:
    sign_in(client, "ana@example.test", PASSWORD, totp_code(ana))
    assert client.get("/sign-out/").status_code == 405
    assert client.get("/security/").status_code == 200
    assert client.post("/sign-out/")["Location"] == "/"
    assert client.get("/security/").status_code == 302
    assert Session.objects.count() == 0


def test_signed_in_visitor_needs_no_second_sign_in(client: Client, ana: Account) -> None:
    sign_in(client, "ana@example.test", PASSWORD, totp_code(ana))
    assert client.get("/sign-in/?next=/close/")["Location"] == "/close/"


def test_many_wrong_passwords_end_in_a_page_that_says_when(client: Client, ana: Account) -> None:
    answers = [first_half(client, "ana@example.test", "not-the-password") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    page = read(answers[-1])
    assert (house_rules(page), len(page.every("time"))) == ([], 1)
    assert int(answers[-1].headers["Retry-After"]) > 0
