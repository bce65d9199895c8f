"""The block list in the staff console: found by what somebody typed in full, decided by compliance, never edited."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from accounts import block_review, blocked, clock
from accounts.actors import Actor
from accounts.enums import IdentifierKind, Role
from accounts.models import Account, BlockedIdentity
from tests.blocking import MONTH, block, closed_with
from tests.console import console
from tests.factories import make_staff
from tests.pages import read

pytestmark = pytest.mark.django_db

BLOCKS, YEAR = "/staff/accounts/blockedidentity/", timedelta(days=365)
K = IdentifierKind


@pytest.fixture
def olga() -> Account:
    return make_staff("olga", Role.COMPLIANCE)


def found(client: Client, **query: str) -> list[UUID]:
    return [row.pk for row in client.get(BLOCKS, query).context["cl"].result_list]


def offered(client: Client, key: UUID) -> list[str]:
    """Return the decisions that the page of a block offers."""
    actions = [form.get("action", "") for form in read(client.get(f"{BLOCKS}{key}/")).every("form")]
    return [action.split("/")[-2] for action in actions if str(key) in action]


def decide(client: Client, key: UUID, what: str, reason: str = "Looked into it.") -> Any:
    return client.post(f"{BLOCKS}{key}/{what}/", {"reason": reason})


@pytest.mark.row("G08")
def test_blocks_are_found_by_exactly_what_was_blocked(now: datetime) -> None:
    typed = {
        K.EMAIL: "ana@example.test",
        K.PHONE: "+14155550101",
        K.DOCUMENT: "X-ANA-1",
        K.NATIONAL_NUMBER: "123-45-67",
    }
    keys = {kind: block(kind, value, now=now) for kind, value in typed.items()}
    sam = console(make_staff("sam"))
    for kind, value in typed.items():
        assert found(sam, q=f" {value.lower()} ") == [keys[kind]], kind
    account = BlockedIdentity.objects.get(pk=keys[K.EMAIL]).account_id
    assert found(sam, q=str(account)) == [keys[K.EMAIL]]
    for term in ("ana", "ana@", "example.test", "1234", "%", "b@example.test"):
        assert found(sam, q=term) == [], term
    assert len(found(sam)) == 4
    assert found(sam, kind__exact="document") == [keys[K.DOCUMENT]]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COMPLIANCE])
def test_others_look_and_decide_nothing(role: Role, now: datetime) -> None:
    key = closed_with("ana", now=now, review_every=YEAR)
    client = console(make_staff("sam", role))
    page = read(client.get(f"{BLOCKS}{key}/"))
    assert ("stands" in page.text, "ana@example.test" in page.text, offered(client, key)) == (True, False, [])
    for what in ("keep", "review", "propose", "confirm", "drop"):
        assert decide(client, key, what).status_code == 403
    assert blocked.until(K.EMAIL, "ana@example.test", now=now) == now + MONTH


@pytest.mark.row("G03")
def test_compliance_keeps_a_block_for_ever_and_is_asked_to_look_again(
    olga: Account, now: datetime, advance: Any
) -> None:
    key = closed_with("ana", now=now, review_every=YEAR)
    client = console(olga)
    assert offered(client, key) == ["keep", "propose"]
    assert decide(client, key, "keep")["Location"] == f"{BLOCKS}{key}/"
    text = read(client.get(f"{BLOCKS}{key}/")).text
    assert ("for ever" in text, "Next review" in text, "no date" in text) == (True, True, True)
    assert (offered(client, key), work(client)) == (["review", "propose"], {"review": 0, "release": 0})
    advance(days=365)
    client = console(olga)
    assert (work(client), found(client, work="review")) == ({"review": 1, "release": 0}, [key])
    assert "review due" in read(client.get(f"{BLOCKS}{key}/")).text
    assert decide(client, key, "review").status_code == 302
    assert work(client) == {"review": 0, "release": 0}
    assert blocked.until(K.EMAIL, "ana@example.test", now=clock.now()) == blocked.NO_END


def work(client: Client) -> dict[str, int]:
    """Return what the first page counts of blocks."""
    return {kind.code: count for kind, count, place in client.get("/staff/").context["work"] if place == BLOCKS}


@pytest.mark.row("L06")
def test_release_is_confirmed_by_somebody_else(olga: Account, now: datetime) -> None:
    key = closed_with("ana", now=now)
    first, second = console(olga), console(make_staff("omar", Role.COMPLIANCE))
    assert offered(first, key) == ["propose"]
    assert decide(first, key, "propose").status_code == 302
    assert (offered(first, key), offered(second, key)) == (["drop"], ["confirm", "drop"])
    assert (work(second), found(second, work="release")) == ({"review": 0, "release": 1}, [key])
    refused = decide(first, key, "confirm")
    assert (refused.status_code, "A second person has to decide" in read(refused).text) == (403, True)
    assert decide(second, key, "confirm").status_code == 302
    text = read(second.get(f"{BLOCKS}{key}/")).text
    assert ("released" in text, offered(second, key), found(second, work="release")) == (True, [], [])
    assert blocked.until(K.EMAIL, "ana@example.test", now=now + timedelta(hours=1)) is None


def test_decision_needs_a_reason_a_post_and_a_name(olga: Account, now: datetime) -> None:
    key = closed_with("ana", now=now)
    client = console(olga)
    refused = decide(client, key, "propose", reason=" ")
    assert (refused.status_code, "This field is required." in read(refused).text) == (422, True)
    assert [details.get("open") for details in read(refused).every("details")] == [""]
    assert client.get(f"{BLOCKS}{key}/propose/").status_code == 405
    assert (decide(client, key, "erase").status_code, decide(client, UUID(int=1), "keep").status_code) == (404, 404)
    assert BlockedIdentity.objects.get().release_proposed_at is None


@pytest.mark.row("G05")
def test_page_says_how_a_block_stands(olga: Account, now: datetime) -> None:
    client = console(olga)
    archived = block(K.NATIONAL_NUMBER, "123", now=now, until=now + 5 * YEAR, while_archived=True)
    over = block(K.EMAIL, "b@example.test", now=now - MONTH, until=now)
    proposed = closed_with("cid", now=now)
    block_review.propose_release(proposed, actor=Actor.staff(olga), reason="A mix-up.", now=now)
    said = {archived: "or when the archive ends", over: "over", proposed: "release proposed"}
    for key, words in said.items():
        assert words in read(client.get(f"{BLOCKS}{key}/")).text, words
        assert words in read(client.get(BLOCKS)).text, words
