"""The captcha on the page of the notes: a sum for the browser, a wait for those without a script (C05)."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account
from closure import captcha
from closure.enums import Step
from closure.models import ClosureRequest
from tests.accounts.test_views_public import LARGEST_PAGE, MOST_REQUESTS, weight
from tests.closure.captchas import answer_to
from tests.closure.walking import PAGES, UNDERSTOOD, request_of
from tests.factories import PASSWORD, make_account, totp_code
from tests.pages import Page, house_rules, read, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("C05")]
RISKS = PAGES[Step.RISKS]


@pytest.fixture(autouse=True)
def _policy(settings: Any) -> None:
    settings.PORTAL_POLICY = "pionex"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def tab(client: Client, ana: Account) -> Client:
    """Ana, signed in."""
    sign_in(client, "ana@example.test", PASSWORD, totp_code(ana))
    return client


def box(page: Page) -> dict[str, str]:
    """Return what the section of the captcha tells its script."""
    (found,) = [attrs for attrs in page.every("section") if "data-captcha" in attrs]
    return found


def waited(page: Page) -> str:
    return next(field["value"] for field in page.every("input") if field.get("name") == "waited")


def press(client: Client, **given: str) -> Any:
    return client.post(RISKS, {**UNDERSTOOD, **given})


def test_page_is_light_and_names_a_worker_of_ours(tab: Client) -> None:
    answer = tab.get(RISKS)
    page, (size, requests) = read(answer), weight(answer)
    assert house_rules(page) == []
    worker = box(page)["data-worker"]
    assert worker == "/static/vendor/altcha/pbkdf2.js"
    # The worker comes when somebody begins to tick.
    assert (size <= LARGEST_PAGE, requests <= MOST_REQUESTS) == (True, True)
    policy = answer["Content-Security-Policy"]
    assert ("blob:" in policy, "script-src 'self'" in policy) == (False, True)


def test_browser_that_did_the_sum_goes_on_at_once(tab: Client, ana: Account) -> None:
    challenge = json.loads(box(read(tab.get(RISKS)))["data-challenge"])
    assert press(tab, captcha=answer_to(challenge))["Location"] == PAGES[Step.EXPORT]
    assert "captcha" in request_of(ana).progress
    page = read(tab.get(RISKS))
    assert [attrs for attrs in page.every("section") if "data-captcha" in attrs] == []


def test_page_without_a_script_waits_and_keeps_what_was_ticked(
    tab: Client, ana: Account, advance: Callable[..., datetime]
) -> None:
    token = waited(read(tab.get(RISKS)))
    early = press(tab, waited=token)
    page = read(early)
    assert (early.status_code, house_rules(page)) == (422, [])
    assert "more seconds, then press the button again." in page.text
    assert (waited(page), [field["name"] for field in page.every("input") if "checked" in field]) == (
        token,
        list(UNDERSTOOD),
    )
    advance(seconds=31)
    assert press(tab, waited=token)["Location"] == PAGES[Step.EXPORT]
    assert "captcha" in request_of(ana).progress


def test_wait_that_is_over_is_not_begun_again_for_another_mistake(
    tab: Client, advance: Callable[..., datetime]
) -> None:
    token = waited(read(tab.get(RISKS)))
    advance(seconds=31)
    assert waited(read(tab.post(RISKS, {"waited": token}))) == token
    assert press(tab, waited=token)["Location"] == PAGES[Step.EXPORT]


def test_draft_that_has_to_pass_it_is_shown_it_whatever_is_in_force_now(tab: Client, settings: Any) -> None:
    challenge = json.loads(box(read(tab.get(RISKS)))["data-challenge"])
    assert press(tab).status_code == 422
    settings.PORTAL_POLICY = "standard"
    assert "data-challenge" in box(read(tab.get(RISKS)))
    assert press(tab, captcha=answer_to(challenge))["Location"] == PAGES[Step.EXPORT]


@pytest.mark.parametrize("given", [{}, {"captcha": "x"}, {"waited": "x"}])
def test_without_either_no_page_opens(tab: Client, ana: Account, given: dict[str, str]) -> None:
    refused = press(tab, **given)
    page = read(refused)
    assert (refused.status_code, "We could not check that you are a person." in page.text) == (422, True)
    assert waited(page) not in {"", given.get("waited")}
    assert "captcha" not in request_of(ana).progress
    for step in list(Step)[1:]:
        assert (tab.get(PAGES[step])["Location"], tab.post(PAGES[step], {})["Location"]) == (RISKS, RISKS), step


def test_notes_come_before_it(tab: Client, ana: Account) -> None:
    challenge = json.loads(box(read(tab.get(RISKS)))["data-challenge"])
    answer = answer_to(challenge)
    assert tab.post(RISKS, {"captcha": answer}).status_code == 422
    assert ClosureRequest.objects.count() == 0
    assert press(tab, captcha=answer)["Location"] == PAGES[Step.EXPORT]


def test_who_asked_too_often_still_has_the_wait(tab: Client, ana: Account, now: datetime) -> None:
    for _time in range(captcha.ASKED.most):
        captcha.challenge(ana, now=now)
    page = read(tab.get(RISKS))
    assert (box(page)["data-challenge"], waited(page) != "") == ("", True)
    assert [script["src"] for script in page.every("script") if "captcha" in script["src"]] == []


def test_other_policies_ask_for_none(tab: Client, settings: Any) -> None:
    settings.PORTAL_POLICY = "standard"
    page = read(tab.get(RISKS))
    assert [attrs for attrs in page.every("section") if "data-captcha" in attrs] == []
    assert press(tab)["Location"] == PAGES[Step.EXPORT]
