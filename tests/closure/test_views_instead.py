"""What is offered instead of closing: once, plainly, by the policy (C06, C07, C08)."""

from dataclasses import replace

import pytest
from django.test import Client

from closure.policy import loader
from closure.views import words
from closure.views.instead import alternatives
from tests.closure.policy.behavior.columns import by_preset
from tests.pages import house_rules, read

pytestmark = pytest.mark.django_db
STANDARD = loader.load("standard")
CONTACT, IDLE = "/security/contact/", "/close/idle/"


def offered(preset: str, **changes: bool) -> list[str]:
    policy = loader.load(preset)
    return [way.url for way in alternatives(replace(policy, reactivation=replace(policy.reactivation, **changes)))]


@pytest.mark.row("C06", "C07")
@pytest.mark.parametrize("preset", loader.presets())
def test_address_and_idling_are_always_offered(preset: str) -> None:
    assert offered(preset, disable_offered=False) == [CONTACT, IDLE]


@pytest.mark.row("C07", "E06")
@by_preset(
    "ways",
    {
        "binance": [CONTACT, IDLE],
        "binance-cooling-off": [CONTACT, IDLE],
        "binance-us": ["/disable/", CONTACT, IDLE],
        "pionex": [CONTACT, IDLE],
        "standard": [CONTACT, IDLE, "/disable/"],
    },
)
def test_disabling_is_offered_where_the_policy_says_so_and_first_where_it_says_that(
    preset: str, ways: list[str]
) -> None:
    assert offered(preset) == ways


@pytest.mark.row("C06", "C07", "C08")
def test_start_page_says_when_closing_makes_sense_and_offers_each_once(client: Client) -> None:
    page = read(client.get("/close/"))
    assert "It makes sense after a change of identity" in page.text
    links = [link["href"] for link in page.every("a")]
    assert (links.count(CONTACT), links.count(IDLE)) == (1, 1)
    # Nobody is asked to stay: what is offered stands before the button, and the button is one.
    assert page.text.index("may be enough instead") < page.text.index("Sign in to start")


@pytest.mark.row("C07", "I02", "I10")
def test_checklist_keeps_the_second_factor_on_and_leads_to_each_page(client: Client) -> None:
    page = read(client.get(IDLE))
    assert (house_rules(page), "Keep the second factor on." in page.text) == ([], True)
    links = {link["href"] for link in page.every("a")}
    pages = {"password", "factors", "api-keys", "addresses", "contact"}
    assert links >= {f"/security/{name}/" for name in pages} | {"/close/"}
    assert "There is no fee, and we take nothing from it." in page.text


@pytest.mark.row("I03", "I04", "I05")
@pytest.mark.parametrize(
    ("preset", "said", "unsaid"),
    [("standard", "After 2 years it is dormant: it is locked", ""), ("binance", "After 180 days", "dormant")],
)
def test_what_becomes_of_an_idle_account_is_the_policys(preset: str, said: str, unsaid: str) -> None:
    told = " ".join(words.idle(loader.load(preset)))
    assert (said in told, bool(unsaid) and unsaid in told) == (True, False)
    unlocked = replace(STANDARD, dormancy=replace(STANDARD.dormancy, locks=False))
    assert "After 2 years we call it dormant." in words.idle(unlocked)
