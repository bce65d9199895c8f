"""The journey by its pages: in order, never around it, and nothing by looking."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.test import Client

from accounts.enums import AccountStatus
from accounts.models import Account, Session
from closure.enums import ClosureState, Step
from closure.models import CheckRun, ClosureRequest
from tests.closure.downloading import CODE, FILE
from tests.closure.walking import (
    ORDER,
    PAGES,
    TAKE,
    UNDERSTOOD,
    codes,
    request_of,
    step_up_of,
    take_confirm,
    take_document,
    take_verify,
    walk_to,
)
from tests.factories import PASSWORD, make_account, make_staff, totp_code
from tests.pages import house_rules, read, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def tab(client: Client, ana: Account) -> Client:
    """Ana, signed in."""
    sign_in(client, "ana@example.test", PASSWORD, totp_code(ana))
    return client


def another_tab(client: Client) -> Client:
    """Return a second tab of the same browser: the same cookies."""
    tab = Client()
    tab.cookies = client.cookies
    return tab


def everything() -> dict[str, list[Any]]:
    """Return every row of every table of ours, for a comparison; of sessions only who has one.

    What a session holds may change by looking: a message is shown once.
    """
    ours = [model for label in ("accounts", "closure") for model in apps.get_app_config(label).get_models()]
    rows = {
        model.__name__: _rows(model._default_manager.values().order_by("pk")) for model in ours if model is not Session
    }
    return {**rows, "Session": list(Session.objects.values_list("kind", "account_id"))}


def _rows(rows: Iterable[dict[str, Any]]) -> list[Any]:
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


@pytest.mark.row("C04", "C09", "C11", "D01", "E04")
def test_clean_account_walks_to_the_end(tab: Client, ana: Account) -> None:
    places = [TAKE[step](tab, ana)["Location"] for step in ORDER]
    # A check that found nothing is passed by itself.
    assert places == [PAGES[Step.EXPORT], *(PAGES[step] for step in ORDER[2:]), "/close/submitted/"]
    page = read(tab.get("/close/submitted/"))
    request = request_of(ana)
    ana.refresh_from_db()
    assert (request.state, ana.status) == (ClosureState.COOLING_OFF, AccountStatus.FROZEN)
    assert request.reference in page.text
    assert house_rules(page) == []
    assert Session.objects.count() == 0


# A clean account has passed the check as soon as it ran; what is not clear is in test_views_check.
@pytest.mark.row("C05", "A16")
@pytest.mark.parametrize("reached", [step for step in ORDER[:-1] if step is not Step.CHECK])
def test_no_step_is_skipped_by_url(tab: Client, ana: Account, reached: Step) -> None:
    walk_to(tab, ana, reached)
    before = everything()
    here = PAGES[reached] if reached is not Step.RISKS else "/close/"
    for step in ORDER[ORDER.index(reached) + 1 :]:
        looked = tab.get(PAGES[step])
        posted = tab.post(PAGES[step], {"password": PASSWORD, "number": "X-ANA-1", "begin": "1"})
        assert (looked["Location"], posted["Location"]) == (here, here)
    assert everything() == before


@pytest.mark.parametrize("reached", ORDER)
def test_looking_changes_nothing(tab: Client, ana: Account, reached: Step) -> None:
    walk_to(tab, ana, reached)
    before = everything()
    for address in ("/close/", *PAGES.values(), CODE, FILE, "/close/submitted/", "/security/"):
        response = tab.get(address)
        assert response.status_code in {200, 302, 404}
    assert everything() == before


@pytest.mark.parametrize("reached", ORDER)
def test_open_step_shows_where_it_stands(tab: Client, ana: Account, reached: Step) -> None:
    walk_to(tab, ana, reached)
    response = tab.get(PAGES[reached])
    page = read(response)
    marks = [mark["class"] for mark in page.every("li") if mark.get("aria-current") == "step"]
    assert (response.status_code, len(marks), house_rules(page)) == (200, 1, [])


@pytest.mark.row("C05")
def test_replayed_submission_meets_a_signed_out_browser(tab: Client, ana: Account) -> None:
    walk_to(tab, ana, Step.CONFIRM)
    second = another_tab(tab)
    assert take_confirm(tab, ana)["Location"] == "/close/submitted/"
    before = everything()
    assert take_confirm(second, ana)["Location"].startswith("/sign-in/")
    assert everything()["ClosureRequest"] == before["ClosureRequest"]


@pytest.mark.row("C05")
def test_second_tab_that_gave_up_ends_the_journey_of_the_first(tab: Client, ana: Account) -> None:
    walk_to(tab, ana, Step.CONFIRM)
    other = another_tab(tab)
    assert other.post(PAGES[Step.CONFIRM], {"keep": "1"})["Location"] == "/security/"
    assert take_confirm(tab, ana)["Location"] == "/close/"
    ana.refresh_from_db()
    assert (request_of(ana).state, ana.status) == (ClosureState.CANCELLED, AccountStatus.ACTIVE)


def test_second_tab_goes_on_with_the_same_request(tab: Client, ana: Account) -> None:
    walk_to(tab, ana, Step.EXPORT)
    other = another_tab(tab)
    assert other.post(PAGES[Step.RISKS], UNDERSTOOD)["Location"] == PAGES[Step.EXPORT]
    assert other.get(PAGES[Step.EXPORT]).status_code == 200
    assert ClosureRequest.objects.count() == 1


@pytest.mark.row("D07")
def test_codes_of_the_sign_in_close_nothing(tab: Client, ana: Account) -> None:
    walk_to(tab, ana, Step.VERIFY)
    assert step_up_of(ana).passed == []
    assert tab.get(PAGES[Step.CONFIRM])["Location"] == PAGES[Step.VERIFY]


def test_notes_have_to_be_ticked(tab: Client) -> None:
    response = tab.post(PAGES[Step.RISKS], {})
    page = read(response)
    assert (response.status_code, ClosureRequest.objects.count()) == (422, 0)
    assert "#id_understood" in [link["href"] for link in page.every("a")]


@pytest.mark.row("D02")
def test_window_that_ran_out_resets_the_codes_and_no_page(
    tab: Client, ana: Account, advance: Callable[..., datetime]
) -> None:
    walk_to(tab, ana, Step.DOCUMENT)
    advance(minutes=11)
    assert tab.get(PAGES[Step.DOCUMENT])["Location"] == PAGES[Step.VERIFY]
    page = read(tab.get(PAGES[Step.VERIFY]))
    assert "The time is over." in page.text
    assert tab.post(PAGES[Step.VERIFY], {"begin": "1"})["Location"] == PAGES[Step.VERIFY]
    assert take_verify(tab, ana)["Location"] == PAGES[Step.DOCUMENT]


@pytest.mark.row("D02")
def test_more_time_is_given_on_request(tab: Client, ana: Account) -> None:
    walk_to(tab, ana, Step.VERIFY)
    before = step_up_of(ana)
    assert tab.post(PAGES[Step.VERIFY], {"extend": "1"})["Location"] == PAGES[Step.VERIFY]
    after = step_up_of(ana)
    assert (after.expires_at - before.expires_at).total_seconds() == before.window_seconds
    assert after.extensions_left == before.extensions_left - 1


@pytest.mark.row("D06")
def test_right_code_stays_given_when_the_other_is_wrong(tab: Client, ana: Account) -> None:
    walk_to(tab, ana, Step.VERIFY)
    typed = codes(tab, ana)
    mail, app = typed
    response = tab.post(PAGES[Step.VERIFY], {**typed, app: "abc"})
    page = read(response)
    fields = [field["name"] for field in page.every("input") if field.get("autocomplete") == "one-time-code"]
    assert (response.status_code, house_rules(page)) == (422, [])
    assert [entry["device"] for entry in step_up_of(ana).passed] == [mail]
    assert app in fields
    assert mail not in fields
    assert "The code does not arrive or is refused" in page.text
    assert tab.post(PAGES[Step.VERIFY], {app: totp_code(ana)})["Location"] == PAGES[Step.DOCUMENT]


def test_code_page_asks_for_at_least_one_code(tab: Client, ana: Account) -> None:
    walk_to(tab, ana, Step.VERIFY)
    assert tab.post(PAGES[Step.VERIFY], {}).status_code == 422


@pytest.mark.row("D03", "D04")
def test_wrong_document_number_is_said_beside_the_field(tab: Client, ana: Account) -> None:
    walk_to(tab, ana, Step.DOCUMENT)
    response = tab.post(PAGES[Step.DOCUMENT], {"number": "Y-9"})
    page = read(response)
    fields = {field["name"]: field for field in page.every("input")}
    assert (response.status_code, fields["number"]["value"]) == (422, "Y-9")
    assert fields["number"]["aria-invalid"] == "true"
    assert take_document(tab, ana)["Location"] == PAGES[Step.CONFIRM]


@pytest.mark.row("C09")
def test_wrong_password_closes_nothing(tab: Client, ana: Account) -> None:
    walk_to(tab, ana, Step.CONFIRM)
    response = tab.post(PAGES[Step.CONFIRM], {"password": "not-the-password"})
    page = read(response)
    ana.refresh_from_db()
    assert (response.status_code, ana.status) == (422, AccountStatus.ACTIVE)
    assert "not-the-password" not in response.content.decode()
    assert page.text.startswith("Error: Confirm")


@pytest.mark.row("C13")
def test_last_page_says_that_nobody_can_undo_it(tab: Client, ana: Account) -> None:
    walk_to(tab, ana, Step.CONFIRM)
    page = read(tab.get(PAGES[Step.CONFIRM]))
    assert "After the account is closed, nobody can open it again. Not you, and not us." in page.text
    assert [button["class"] for button in page.every("button") if "button" in button.get("class", "").split()] == [
        "button danger",
        "button quiet",
    ]
    assert len(page.every("time")) == 2


def test_submitted_page_belongs_to_one_browser(tab: Client, ana: Account) -> None:
    walk_to(tab, ana, Step.CONFIRM)
    take_confirm(tab, ana)
    assert tab.get("/close/submitted/").status_code == 200
    stranger = Client().get("/close/submitted/")
    assert (stranger.status_code, house_rules(read(stranger))) == (404, [])
    assert tab.get("/security/").status_code == 302


def test_submitted_page_shows_no_name_and_no_contact(tab: Client, ana: Account) -> None:
    walk_to(tab, ana, Step.CONFIRM)
    take_confirm(tab, ana)
    body = tab.get("/close/submitted/").content.decode()
    assert [said for said in (ana.email, ana.phone, ana.name) if str(said) in body] == []


@pytest.mark.row("A18")
def test_staff_close_nothing(client: Client) -> None:
    sam = make_staff("sam")
    sign_in(client, str(sam.email), PASSWORD, totp_code(sam))
    response = client.post(PAGES[Step.RISKS], UNDERSTOOD)
    assert (response.status_code, ClosureRequest.objects.count()) == (422, 0)


def test_check_that_aged_runs_again_on_going_on(tab: Client, ana: Account, advance: Callable[..., datetime]) -> None:
    walk_to(tab, ana, Step.EXPORT)
    advance(minutes=16)
    assert tab.get(PAGES[Step.EXPORT])["Location"] == PAGES[Step.CHECK]
    assert "older than 15 minutes" in read(tab.get(PAGES[Step.CHECK])).text
    assert tab.post(PAGES[Step.CHECK], {})["Location"] == PAGES[Step.EXPORT]
    assert CheckRun.objects.count() == 2


@pytest.mark.parametrize("address", [*PAGES.values(), CODE, FILE])
def test_journey_asks_for_a_sign_in(client: Client, address: str) -> None:
    assert client.get(address)["Location"] == f"/sign-in/?next={quote(address, safe='')}"
    assert client.post(address).status_code in {302, 405}


def test_start_page_is_public_and_leads_through_the_sign_in(client: Client) -> None:
    page = read(client.get("/close/"))
    assert "https://portal.example.test" in page.text
    assert [link["href"] for link in page.every("a") if "button" in link.get("class", "")] == [
        "/sign-in/?next=%2Fclose%2Frisks%2F"
    ]


def test_start_page_leads_back_to_where_it_was_left(tab: Client, ana: Account) -> None:
    walk_to(tab, ana, Step.EXPORT)
    page = read(tab.get("/close/"))
    assert [link["href"] for link in page.every("a") if "button" in link.get("class", "")] == [PAGES[Step.EXPORT]]
