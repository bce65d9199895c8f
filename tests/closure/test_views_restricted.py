"""What restricts an account: each by name with its own next step; what must not be named in one sentence (K01-K06)."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.actors import Actor
from accounts.enums import TIPPING_OFF, RestrictionKind
from accounts.models import Account
from accounts.restrictions import lift, place
from closure.policy.loader import PRESETS
from tests.factories import PASSWORD, make_account, make_staff, totp_code
from tests.holding import place as hold
from tests.pages import house_rules, read, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
K = RestrictionKind
PAGE, SUPPORT = "/restricted/", "/help/contact/"
NEUTRAL = "A legal or risk hold applies; we cannot say more."
OPEN_KINDS = {
    K.NEGATIVE_BALANCE: ("Your balance is negative.", "Deposit what is missing", "closing are stopped"),
    K.FRAUD_ALERT: ("A fraud alert protects your account.", "Tell us what happened", "closing are stopped"),
    K.UNSUPPORTED_REGION: ("We do not serve your region.", "then close your account", "You can withdraw"),
    K.FAILED_VERIFICATION: ("Your identity verification failed.", "Send further documents", "release a withdrawal"),
}


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def restrict(account: Account, *kinds: RestrictionKind, now: datetime) -> None:
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        for kind in kinds:
            place(locked, kind, actor=Actor.system("tests"), note="order 12/2026", now=now)


def landed(client: Client, account: Account) -> str:
    return str(sign_in(client, account.email or "", PASSWORD, totp_code(account))["Location"])


@pytest.mark.row("K01", "K02", "K03", "K04", "K05")
@pytest.mark.parametrize("kind", OPEN_KINDS)
def test_each_restriction_is_told_with_its_own_next_step(
    client: Client, ana: Account, now: datetime, kind: RestrictionKind
) -> None:
    restrict(ana, kind, now=now)
    assert landed(client, ana) == PAGE
    page = read(client.get(PAGE))
    assert (house_rules(page), [said for said in OPEN_KINDS[kind] if said not in page.text]) == ([], [])
    assert [other for other, (why, *_rest) in OPEN_KINDS.items() if why in page.text] == [kind]
    assert (NEUTRAL in page.text, "12/2026" in page.text) == (False, False)
    ways = [each["href"] for each in page.every("a") if "button" in each.get("class", "")]
    own = [] if kind is K.NEGATIVE_BALANCE else [f"{PAGE}{kind}/"]
    leaving = ["/close/", "/help/regions/"] if kind is K.UNSUPPORTED_REGION else []
    assert ways == [*own, *leaving, SUPPORT]
    assert ("Check again" in page.text) == (kind is K.NEGATIVE_BALANCE)


@pytest.mark.row("A12", "M02")
def test_holds_of_every_kind_are_the_same_page(client: Client, ana: Account, now: datetime) -> None:
    restrict(ana, *TIPPING_OFF, now=now)
    assert landed(client, ana) == PAGE
    told = read(client.get(PAGE)).text
    assert told.count(NEUTRAL) == 1 + told.count(f"Write to our support : {NEUTRAL}")
    # A hold of records alone stops no withdrawal, so no page of a hold says so.
    assert ("Closing is stopped." in told, "withdrawing and closing are stopped" in told) == (True, False)
    assert re.search(r"\d", told.partition("What restricts your account")[2].partition("Go to Security")[0]) is None
    texts = {told.replace(ana.short_id, "")}
    for number, kind in enumerate(sorted(TIPPING_OFF)):
        other, browser = make_account(f"bea{number}"), Client()
        restrict(other, kind, now=now)
        assert landed(browser, other) == PAGE
        texts.add(read(browser.get(PAGE)).text)
    kept, browser = make_account("cai"), Client()
    hold(kept.pk, now=now)
    assert landed(browser, kept) == PAGE
    texts.add(read(browser.get(PAGE)).text)
    assert len(texts) == 1


def test_several_restrictions_stand_side_by_side(client: Client, ana: Account, now: datetime) -> None:
    restrict(ana, K.NEGATIVE_BALANCE, K.RISK_CONTROL, now=now)
    landed(client, ana)
    page = read(client.get(PAGE))
    assert ("2 restrictions stand." in page.text, "Your balance is negative." in page.text) == (True, True)
    assert (NEUTRAL in page.text, len(page.every("article"))) == (True, 2)
    assert f'href="{PAGE}"' in client.get("/security/").content.decode()


@pytest.mark.row("K01", "K06")
def test_restriction_that_is_lifted_is_gone_and_nobody_lands_there(client: Client, ana: Account, now: datetime) -> None:
    restrict(ana, K.NEGATIVE_BALANCE, now=now)
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=ana.pk)
        lift(locked.restrictions.get().pk, actor=Actor.system("tests"), reason="", now=now)
    assert landed(client, ana) == "/security/"
    page = read(client.get(PAGE))
    assert ("Nothing restricts your account." in page.text, "stopped all the same?" in page.text) == (True, True)
    assert SUPPORT in [each["href"] for each in page.every("a")]
    assert PAGE not in client.get("/security/").content.decode()


def test_page_is_its_owner_s_and_what_was_asked_for_comes_first(client: Client, ana: Account, now: datetime) -> None:
    restrict(ana, K.FRAUD_ALERT, now=now)
    assert client.get(PAGE)["Location"] == "/sign-in/?next=%2Frestricted%2F"
    client.post("/sign-in/", {"identifier": "ana@example.test", "password": PASSWORD, "next": "/close/"})
    page = read(client.get("/sign-in/code/"))
    factor = next(field["value"] for field in page.every("input") if field.get("name") == "factor")
    answer = client.post("/sign-in/code/", {"factor": factor, "code": totp_code(ana), "next": "/close/"})
    assert answer["Location"] == "/close/"


def test_staff_land_in_their_console(client: Client, now: datetime) -> None:
    sam = make_staff("sam")
    restrict(sam, K.FRAUD_ALERT, now=now)
    assert landed(client, sam) == "/staff/"


@pytest.mark.row("A14")
def test_words_follow_the_policy(
    client: Client, ana: Account, now: datetime, settings: Settings, tmp_path: Path
) -> None:
    restrict(ana, K.FAILED_VERIFICATION, now=now)
    landed(client, ana)
    assert "only an empty account may close" in read(client.get(PAGE)).text
    asked, changed = "identity_verified_required = false", tmp_path / "changed.toml"
    standard = (PRESETS / "standard.toml").read_text()
    assert asked in standard
    changed.write_text(standard.replace(asked, asked.replace("false", "true")))
    settings.PORTAL_POLICY = str(changed)
    assert "closing needs a verified identity" in read(client.get(PAGE)).text
