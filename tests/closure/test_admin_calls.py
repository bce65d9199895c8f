"""Calls beside closures at the console: counted when late or parked, told with their story, tried again (E06, L01)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from closure.admin.calls import LATE
from closure.enums import EffectState
from closure.models import Effect
from tests.closure.reactivating import DISABLED_FOR, disabled
from tests.closure.test_operations_rearm import parked_beside
from tests.console import console, in_review
from tests.factories import make_staff
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.row("E06", "L01")]
CALLS = "/staff/closure/effect/"


@pytest.fixture
def sam() -> Client:
    return console(make_staff("sam"))


def counted(client: Client) -> int:
    """Return what the first page says of calls that are not made."""
    work = client.get("/staff/").context["work"]
    found: int = next(count for kind, count, place in work if (place, kind.code) == (CALLS, "calls"))
    return found


def listed(client: Client, **asked: str) -> list[str]:
    return [row.kind for row in client.get(CALLS, asked).context["cl"].result_list]


def test_parked_call_is_counted_listed_told_and_started_again(sam: Client, now: datetime) -> None:
    assert counted(sam) == 0
    call = parked_beside(disabled(now=now + DISABLED_FOR))
    assert (counted(sam), listed(sam, work="calls"), listed(sam)) == (1, ["freeze"], ["freeze", "revoke_keys"])
    one = f"{CALLS}{call.pk}/"
    page = read(sam.get(one))
    for words in ("Call: freeze", "parked for staff", "Refused: not_now", "Try again now"):
        assert words in page.text
    assert sam.post(f"{one}again/", {"reason": ""}).status_code == 422
    assert sam.post(f"{one}again/", {"reason": "The core is mended."})["Location"] == one
    call.refresh_from_db()
    page = read(sam.get(one))
    assert (call.state, call.attempts, "Try again now" in page.text, counted(sam)) == ("pending", 0, False, 0)


def test_call_that_waits_for_an_hour_is_counted(sam: Client, now: datetime) -> None:
    disabled(now=now + DISABLED_FOR)
    assert counted(sam) == 0
    Effect.objects.filter(kind="revoke_keys").update(created_at=now - LATE + timedelta(seconds=30))
    assert counted(sam) == 0
    Effect.objects.filter(kind="revoke_keys").update(created_at=now - LATE)
    assert (counted(sam), listed(sam, work="calls")) == (1, ["revoke_keys"])


def test_done_ones_and_those_of_closures_are_not_here(sam: Client, now: datetime) -> None:
    request, ana = in_review("bea", now=now), disabled(now=now)
    Effect.objects.filter(account_id=ana.pk).update(state=EffectState.DONE)
    facts: dict[str, Any] = {"created_at": now, "due_at": now, "state": EffectState.PARKED, "kind": "freeze"}
    theirs = Effect.objects.create(account_id=request.account_id, request=request, key="theirs", **facts)
    done = Effect.objects.filter(account_id=ana.pk)[0]
    assert (counted(sam), listed(sam)) == (0, [])
    assert [sam.get(f"{CALLS}{each.pk}/").status_code for each in (theirs, done)] == [404, 404]


def test_auditor_looks_and_starts_nothing(now: datetime) -> None:
    eve = console(make_staff("eve", Role.AUDITOR))
    call = parked_beside(disabled(now=now))
    assert "Try again now" not in read(eve.get(f"{CALLS}{call.pk}/")).text
    assert eve.post(f"{CALLS}{call.pk}/again/", {"reason": "Why not."}).status_code == 403
    call.refresh_from_db()
    assert call.state == EffectState.PARKED


def test_search_finds_by_the_owner(sam: Client, now: datetime) -> None:
    disabled(now=now)
    assert [listed(sam, q=term) for term in ("ana@example.test", "ben@example.test")] == [["freeze", "revoke_keys"], []]


@pytest.mark.parametrize("people", [1, 3])
def test_list_asks_the_database_as_often_whatever_there_is(
    sam: Client, now: datetime, people: int, django_assert_num_queries: Any
) -> None:
    for name in ("ana", "bea", "cid")[:people]:
        disabled(name, now=now)
    with django_assert_num_queries(5):
        sam.get(CALLS)
