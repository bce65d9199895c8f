"""The queue of reactivations: who waits longest first, found by what staff know, the same cost for many (L04)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from closure.enums import ReactivationState
from closure.models import Reactivation
from tests.closure.reactivating import make_reactivation
from tests.closure.reactivation_pages import LIST, decide, handed_in, place
from tests.console import console
from tests.factories import make_staff
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.row("L04")]
S = ReactivationState


@pytest.fixture
def sam() -> Client:
    return console(make_staff("sam"))


def listed(client: Client, asked: str = "") -> list[Reactivation]:
    return list(client.get(f"{LIST}{asked}").context["cl"].result_list)


def test_who_waits_longest_is_first_with_the_age(sam: Client, now: datetime) -> None:
    days = {"ana": 0, "ben": 2, "cid": 4, "dan": 2.5}
    rows = {name: handed_in(name, now=now, submitted_at=now - timedelta(days=ago)) for name, ago in days.items()}
    assert listed(sam) == [rows[name] for name in ("cid", "dan", "ben", "ana")]
    text = read(sam.get(LIST)).text
    for name, age in (("ana", "fresh"), ("ben", "half gone"), ("cid", "overdue"), ("dan", "last quarter")):
        assert age in text.partition(rows[name].reference)[2].partition("RA-")[0], age


def test_views_keep_what_they_say(sam: Client, now: datetime) -> None:
    late = handed_in("ana", now=now, submitted_at=now - timedelta(days=4))
    proposed, claimed, fresh = (handed_in(name, now=now) for name in ("ben", "cid", "dan"))
    asked = make_reactivation(handed_in("eve", now=now).account, S.REFUSED, now=now)
    decide(console(make_staff("lea", Role.LEAD)), proposed, "approve")
    sam.post(place(claimed, "desk/"), {"move": "claim"})
    eve = Reactivation.objects.get(account=asked.account, state=S.SUBMITTED)
    found = {
        "?work=reactivations_overdue": [late],
        "?work=reactivations_second": [proposed],
        "?work=reactivations": [late, proposed, claimed, fresh, eve],
        "?desk=mine": [claimed],
        "?desk=free": [late, proposed, fresh, eve],
        "?state=refused": [asked],
        "?state=all": [late, proposed, claimed, fresh, eve, asked],
        "?state=nothing": [late, proposed, claimed, fresh, eve],
    }
    assert {what: listed(sam, what) for what in found} == found


def test_search_is_by_reference_or_contact(sam: Client, now: datetime) -> None:
    ana, ben = handed_in("ana", now=now), handed_in("ben", now=now)
    assert sam.get(f"{LIST}?q={ana.reference.lower()}")["Location"] == place(ana)
    assert listed(sam, "?q=ben@example.test") == [ben]
    assert listed(sam, "?q=RA-0000-0000") == listed(sam, "?q=ben@example") == []


@pytest.mark.parametrize("rows", [1, 3])
def test_list_asks_as_often_for_many_rows(
    sam: Client, rows: int, now: datetime, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        sam.post(place(handed_in(f"p{number}", now=now), "desk/"), {"move": "claim"})
    # Session, account, device, roles, rows, names of who is at work.
    with django_assert_num_queries(6):
        sam.get(LIST)


def test_index_counts_the_days_work(sam: Client, now: datetime) -> None:
    handed_in("ana", now=now, submitted_at=now - timedelta(days=4))
    work = {kind.code: count for kind, count, _place in sam.get("/staff/").context["work"]}
    assert {code: work[code] for code in work if code.startswith("reactivations")} == {
        "reactivations_overdue": 1,
        "reactivations_second": 0,
        "reactivations": 1,
    }
