"""The help: every question of row M03 answered by the policy in force, found by a search, judged by its readers."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.dateformat import format as date_format
from pytest_django.fixtures import Settings

from accounts.models import Account, Session
from closure.enums import ClosureState
from closure.models import HelpFeedback
from closure.policy import loader
from closure.spans import duration
from closure.views.help.answer import About
from closure.views.help.pages import PRESSES
from closure.views.help.search import ANSWERS, BY_SLUG, search
from tests.closure.closing import make_request
from tests.closure.links import in_status
from tests.console import console
from tests.factories import PASSWORD, make_account, make_staff, totp_code
from tests.pages import house_rules, read, sign_in

pytestmark = pytest.mark.django_db
HELD = {"held_from": "cooling_off", "held_reasons": ["blocker"]}
M03 = {
    "data-kept": "data kept?",
    "reactivate": "reactivate?",
    "need-to-close": "need to close?",
    "records-public": "records public?",
    "same-email": "same e-mail?",
    "referrals": "referrals?",
    "nfts": "NFTs?",
    "vip": "VIP?",
    "expired-document": "expired document?",
    "sign-up-again": "sign up again?",
    "cannot-sign-in": "cannot sign in?",
    "codes": "codes do not arrive?",
}


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def said(client: Client, slug: str) -> str:
    return read(client.get(f"/help/{slug}/")).text


def day(moment: datetime) -> str:
    return date_format(moment, "j M Y, H:i")


@pytest.mark.row("M03")
def test_every_question_has_a_page_that_the_list_leads_to(client: Client) -> None:
    page = read(client.get("/help/"))
    links = {link["href"] for link in page.every("a")}
    assert (house_rules(page), [slug for slug in BY_SLUG if f"/help/{slug}/" not in links]) == ([], [])
    assert [slug for slug in M03 if slug not in BY_SLUG] == []
    for answer in ANSWERS:
        shown = read(client.get(f"/help/{answer.slug}/"))
        assert (house_rules(shown), str(answer.question) in shown.text) == ([], True), answer.slug
        assert "For your account" not in shown.text, answer.slug
    assert client.get("/help/nothing-here/").status_code == 404


@pytest.mark.row("M03")
@pytest.mark.parametrize("preset", loader.presets())
def test_answers_say_what_the_policy_says(client: Client, settings: Settings, preset: str) -> None:
    settings.PORTAL_POLICY = preset
    policy = loader.current()
    again, kept = policy.reregistration, policy.retention
    periods = [duration(length) for length in (again.email, again.phone, again.document) if length]
    for slug, expected in {
        "same-email": periods,
        "sign-up-again": periods,
        "data-kept": [f"{kept.identity_years} years", f"{kept.transactions_years} years"],
        "how-long": [duration(policy.waiting.wait), duration(policy.waiting.due), duration(policy.waiting.max_frozen)],
        "cannot-sign-in": [duration(policy.dormancy.withdrawals_held_after_reset)],
        "codes": [duration(policy.verification.window)],
    }.items():
        words = said(client, slug)
        assert [each for each in expected if each not in words] == [], slug


@pytest.mark.row("M03")
def test_answers_follow_a_policy_that_is_changed(client: Client, settings: Settings) -> None:
    both = []
    for preset in ("standard", "binance"):
        settings.PORTAL_POLICY = preset
        both.append({slug: said(client, slug) for slug in ("same-email", "how-long", "reactivate", "document-number")})
    assert [slug for slug in both[0] if both[0][slug] == both[1][slug]] == []


@pytest.mark.row("M03")
def test_signed_in_customer_reads_what_would_be_if_they_asked_today(ana: Account, now: datetime) -> None:
    client = Client()
    sign_in(client, "ana@example.test", PASSWORD, totp_code(ana))
    Account.objects.filter(pk=ana.pk).update(
        vip=3, document_expires=date(2031, 5, 4), withdrawals_held_until=now + timedelta(hours=5)
    )
    policy = loader.current()
    words = said(client, "same-email")
    assert policy.reregistration.email is not None
    asked = [now + policy.waiting.wait + longer for longer in (timedelta(0), policy.reregistration.email)]
    assert [moment for moment in asked if date_format(moment, "j M Y") not in words] == []
    assert ("VIP level 3" in said(client, "vip"), "2031-05-04" in said(client, "expired-document")) == (True, True)
    assert day(now + timedelta(hours=5)) in said(client, "cannot-sign-in")


@pytest.mark.row("M03", "E07")
def test_status_session_reads_the_dates_of_its_request(client: Client, ana: Account, now: datetime) -> None:
    closes = now + timedelta(days=5)
    request = make_request(ana, state=ClosureState.COOLING_OFF, now=now, finalizes_after=closes)
    in_status(client, request)
    policy = loader.from_pinned(request.policy)
    assert policy.reregistration.email is not None
    assert day(closes) in said(client, "how-long")
    assert day(closes + policy.reregistration.email) in said(client, "sign-up-again")
    kept = said(client, "data-kept")
    for years in (policy.retention.identity_years, policy.retention.transactions_years):
        assert str(closes.year + years) in kept
    assert client.get("/status/open/").status_code == 200
    # The link shows the request and no more: neither what the owner has nor what we know of them.
    Account.objects.filter(pk=ana.pk).update(vip=3, document_expires=date(2031, 5, 4))
    assert ("VIP level 3" in said(client, "vip"), "2031-05-04" in said(client, "expired-document")) == (False, False)


def test_held_request_has_no_date_of_closing(client: Client, ana: Account, now: datetime) -> None:
    request = make_request(ana, state=ClosureState.HELD, now=now, **HELD, held_at=now)
    in_status(client, request)
    assert "For your account" not in said(client, "how-long")


@pytest.mark.row("M03")
@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("codes", "codes"),
        ("SMS arrive", "codes"),
        ("e-mail again", "same-email"),
        ("email", "same-email"),
        ("number changed", "document-number"),
        ("vip level", "vip"),
        ("NFT", "nfts"),
        ("reopen", "reactivate"),
        ("phishing", "official-site"),
    ],
)
def test_search_finds_the_answer_first(now: datetime, typed: str, first: str) -> None:
    found = search(typed, About(policy=loader.current(), now=now))
    assert found[0].slug == first, [answer.slug for answer in found]


@pytest.mark.parametrize("typed", ["", "   ", "xyzzy", "vip xyzzy", "<script>", "%"])
def test_search_for_nothing_finds_nothing(now: datetime, typed: str) -> None:
    assert search(typed, About(policy=loader.current(), now=now)) == []


def test_search_page_works_by_get_and_keeps_what_was_typed(client: Client) -> None:
    page = read(client.get("/help/", {"q": "vip"}))
    assert (house_rules(page), {link["href"] for link in page.every("a")} >= {"/help/vip/", "/help/contact/"}) == (
        [],
        True,
    )
    assert next(field["value"] for field in page.every("input") if field.get("name") == "q") == "vip"
    nothing = read(client.get("/help/", {"q": "<b>xyzzy"}))
    assert ("We found nothing." in nothing.text, nothing.every("b"), house_rules(nothing)) == (True, [], [])
    assert client.get("/help/", {"q": "x" * 5000}).status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.row("M06")
def test_readers_say_whether_it_helped_and_staff_see_how_many(client: Client) -> None:
    for slug, pressed in (("codes", "yes"), ("codes", "no"), ("codes", "no"), ("vip", "yes")):
        assert client.post(f"/help/{slug}/", {"helped": pressed})["Location"] == f"/help/{slug}/"
    assert client.post("/help/codes/", {"helped": "maybe"}).status_code == 400
    assert client.post("/help/nothing-here/", {"helped": "yes"}).status_code == 404
    assert Session.objects.count() == 0
    sam = console(make_staff("sam"))
    rows = sam.get("/staff/closure/helpfeedback/").context["cl"].result_list
    assert [(row.slug, row.helped, row.not_helped) for row in rows] == [("codes", 1, 2), ("vip", 1, 0)]
    page = read(sam.get(f"/staff/closure/helpfeedback/{rows[0].pk}/"))
    assert ("33 %" in page.text, {link["href"] for link in page.every("a")} >= {"/help/codes/"}) == (True, True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.row("M06")
def test_one_address_presses_only_so_often(client: Client) -> None:
    answers = [client.post("/help/vip/", {"helped": "yes"}).status_code for _number in range(PRESSES.most + 1)]
    assert answers == [302] * PRESSES.most + [429]
    assert HelpFeedback.objects.get().helped == PRESSES.most
    # Judging uses up nobody's tries to sign in.
    assert client.post("/sign-in/", {"identifier": "x@example.test", "password": "y"}).status_code == 422


@pytest.mark.row("D06", "M03")
def test_help_is_one_click_away_from_every_page(client: Client) -> None:
    for page in ("/", "/sign-in/", "/status/", "/close/", "/help/contact/"):
        assert "/help/" in {link["href"] for link in read(client.get(page)).every("a")}, page


@pytest.mark.row("D06")
def test_code_page_leads_to_help_where_it_happens(ana: Account) -> None:
    client = Client()
    client.post("/sign-in/", {"identifier": "ana@example.test", "password": PASSWORD})
    links = {link["href"] for link in read(client.get("/sign-in/code/")).every("a")}
    assert links >= {"/help/codes/", "/help/contact/?kind=lost_factor"}
    assert "A code does not arrive" in said(client, "codes")


@pytest.mark.row("C08")
def test_help_says_when_closing_makes_sense(client: Client) -> None:
    words = said(client, "need-to-close")
    reasons: tuple[Any, ...] = ("identity changed", "leak", "compliance")
    assert [reason for reason in reasons if reason not in words] == []
