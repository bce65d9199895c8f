"""The index of what protects an account, and setting up an authenticator."""

import re

import pytest
from django.db import transaction
from django.test import Client

from accounts import clock, restrictions
from accounts.actors import Actor
from accounts.enums import TIPPING_OFF, RestrictionKind
from accounts.models import Account, SmsDevice, TotpDevice
from tests.changing_pages import verify
from tests.factories import PASSWORD, make_account, totp_code
from tests.pages import house_rules, read, sign_in, sign_in_by_mail

pytestmark = pytest.mark.django_db(transaction=True)
TOTP = "/security/factors/totp/"
PLACES = [
    "/security/factors/",
    "/security/password/",
    "/security/contact/",
    "/security/devices/",
    "/security/sign-ins/",
    "/security/records/",
    "/security/anti-phishing/",
    "/security/api-keys/",
    "/security/addresses/",
    "/disable/",
    "/close/",
]


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def signed_in(client: Client, ana: Account) -> Client:
    sign_in(client, "ana@example.test", PASSWORD, totp_code(ana))
    return client


def titles(client: Client) -> list[str]:
    return [link["href"] for link in read(client.get("/security/")).every("a") if link.get("class") == "title"]


@pytest.mark.row("C01")
def test_every_page_is_listed_and_the_last_leads_to_closing(signed_in: Client) -> None:
    response = signed_in.get("/security/")
    assert (response.status_code, house_rules(read(response))) == (200, [])
    assert titles(signed_in)[-len(PLACES) :] == PLACES


def test_score_is_a_list_of_what_to_fix_and_where(signed_in: Client, ana: Account) -> None:
    assert titles(signed_in)[: -len(PLACES)] == ["/security/factors/backup/", "/security/anti-phishing/"]
    assert "3 of 5 points in order" in read(signed_in.get("/security/")).text
    Account.objects.filter(pk=ana.pk).update(anti_phishing_code="blue kettle")
    assert titles(signed_in)[: -len(PLACES)] == ["/security/factors/backup/"]


def test_index_hides_most_of_the_contacts(signed_in: Client, ana: Account) -> None:
    for page in ("/security/", "/security/contact/", "/security/factors/"):
        body = signed_in.get(page).content.decode()
        assert ("ana@example.test" in body, str(ana.phone) in body) == (False, False)


@pytest.mark.row("A13", "N03")
def test_index_asks_for_a_second_factor_where_none_is_on(without_app: Client, ana: Account) -> None:
    SmsDevice.objects.filter(user=ana).delete()
    assert titles(without_app)[0] == TOTP
    assert "A code by mail alone is no second factor" in read(without_app.get("/security/")).text


@pytest.mark.parametrize("kind", sorted(TIPPING_OFF))
def test_index_names_no_hold(signed_in: Client, ana: Account, kind: RestrictionKind) -> None:
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=ana.pk)
        restrictions.place(locked, kind, actor=Actor.system("tests"), note="", now=clock.now())
    text = read(signed_in.get("/security/")).text
    assert "A legal or risk hold applies; we cannot say more." in text
    assert str(kind.label) not in text


def test_restricted_customer_lands_on_the_restrictions(client: Client, ana: Account) -> None:
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=ana.pk)
        for kind in (RestrictionKind.NEGATIVE_BALANCE, RestrictionKind.UNSUPPORTED_REGION):
            restrictions.place(locked, kind, actor=Actor.system("tests"), note="", now=clock.now())
    landed = sign_in(client, "ana@example.test", PASSWORD, totp_code(ana))["Location"]
    assert landed == "/restricted/"
    assert "A restriction applies: negative balance, unsupported region." in read(client.get("/security/")).text


def enroll(client: Client, account: Account) -> TotpDevice:
    verify(client, account, TOTP)
    device: TotpDevice = TotpDevice.objects.get(user=account, confirmed=False)
    return device


@pytest.fixture
def without_app(client: Client, ana: Account) -> Client:
    TotpDevice.objects.filter(user=ana).delete()
    sign_in_by_mail(client, ana, PASSWORD)
    return client


@pytest.mark.row("N03")
def test_authenticator_is_set_up_with_a_picture_or_by_hand(without_app: Client, ana: Account) -> None:
    device = enroll(without_app, ana)
    page = read(without_app.get(TOTP))
    assert house_rules(page) == []
    assert [image["src"] for image in page.every("img")] == ["/security/factors/totp/qr.svg"]
    assert re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", page.text)
    posted = without_app.post(TOTP, {"act": "1", "code": totp_code(ana)})
    assert posted["Location"] == "/security/factors/"
    device.refresh_from_db()
    assert device.confirmed
    assert "Your authenticator app gives you codes" in read(without_app.get(TOTP)).text


@pytest.mark.row("A13")
def test_first_second_factor_needs_a_fresh_mailed_code(client: Client) -> None:
    new = make_account("new", phone=None, totp=False)
    sign_in_by_mail(client, new, PASSWORD)
    assert client.post(TOTP, {"act": "1", "code": "123456"})["Location"] == TOTP
    assert TotpDevice.objects.count() == 0
    enroll(client, new)
    client.post(TOTP, {"act": "1", "code": totp_code(new)})
    assert TotpDevice.objects.get(user=new).confirmed


def test_wrong_first_code_turns_nothing_on(without_app: Client, ana: Account) -> None:
    device = enroll(without_app, ana)
    response = without_app.post(TOTP, {"act": "1", "code": "abcdef"})
    device.refresh_from_db()
    assert (response.status_code, device.confirmed) == (422, False)


def test_picture_is_an_image_without_script(without_app: Client, ana: Account) -> None:
    enroll(without_app, ana)
    response = without_app.get("/security/factors/totp/qr.svg")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/svg+xml")
    assert response.headers["Cache-Control"] == "no-store, private"
    assert {tag for tag, _attrs in read(response).tags} == {"svg", "path"}


@pytest.mark.row("D07")
def test_picture_and_key_are_for_who_has_just_proved_themselves(without_app: Client, ana: Account) -> None:
    enroll(without_app, ana)
    other = Client()
    sign_in_by_mail(other, ana, PASSWORD)
    without_app.post(TOTP, {"begin": "1", "act": "1"})
    assert without_app.get("/security/factors/totp/qr.svg").status_code == 404
    assert read(without_app.get(TOTP)).every("img") == []


def test_picture_is_gone_when_nothing_is_set_up(signed_in: Client) -> None:
    assert signed_in.get("/security/factors/totp/qr.svg").status_code == 404


def test_looking_at_the_set_up_page_makes_no_key(without_app: Client, ana: Account) -> None:
    assert without_app.get(TOTP).status_code == 200
    assert TotpDevice.objects.filter(user=ana).count() == 0


@pytest.mark.parametrize("address", ["/security/", *PLACES[:-2], TOTP, "/security/factors/totp/qr.svg"])
def test_security_asks_for_a_sign_in(client: Client, address: str) -> None:
    assert client.get(address)["Location"].startswith("/sign-in/?next=")
