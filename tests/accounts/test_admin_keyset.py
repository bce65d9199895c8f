"""Pages of lists: one after the other and back, each row once; and cursors that are not ours."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from accounts.admin.keyset import BadCursor, page_of
from accounts.enums import CaseKind
from accounts.models import Case
from tests.console import console
from tests.factories import make_staff
from tests.pages import read

pytestmark = pytest.mark.django_db
CASES = "/staff/accounts/case/"
ORDERS = [("created_at", "id"), ("-created_at", "-id"), ("kind", "-created_at", "id"), (F("created_at").desc(), "id")]


@pytest.fixture
def seven(now: datetime) -> list[Case]:
    """Make seven cases, two of which were opened at each moment."""
    kinds = [CaseKind.OTHER, CaseKind.DISPUTE]
    return [
        Case.objects.create(kind=kinds[number % 2], created_at=now + timedelta(microseconds=number // 2))
        for number in range(7)
    ]


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_pages_have_every_row_once_in_both_directions(seven: list[Case], order: tuple[Any, ...]) -> None:
    found = Case.objects.order_by(*order)
    pages = [page_of(found, "", size=3)]
    while pages[-1].following:
        pages.append(page_of(found, pages[-1].following, size=3))
    assert [len(page.rows) for page in pages] == [3, 3, 1]
    assert [row for page in pages for row in page.rows] == list(found)
    back = [pages[-1]]
    while back[-1].preceding:
        back.append(page_of(found, back[-1].preceding, size=3))
    assert [page.rows for page in reversed(back)] == [page.rows for page in pages]
    assert (pages[0].preceding, back[-1].following != "") == ("", True)


def test_pages_move_by_nothing_that_comes_or_goes(seven: list[Case], now: datetime) -> None:
    found = Case.objects.order_by("created_at", "id")
    first = page_of(found, "", size=3)
    first.rows[2].delete()
    Case.objects.create(kind=CaseKind.OTHER, created_at=now - timedelta(days=1))
    assert page_of(found, first.following, size=3).rows == seven[3:6]


def test_page_costs_one_query(seven: list[Case], django_assert_num_queries: Any) -> None:
    found = Case.objects.order_by("created_at", "id")
    with django_assert_num_queries(2):
        page_of(found, page_of(found, "", size=3).following, size=3)


def _coded(*told: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        *("x", "%", "é", "1", "A" * 5000),
        *(_coded(), _coded(1, 2), _coded("after", "x", "y"), _coded("after", None, None)),
        _coded("sideways", "2026-01-01T00:00:00+00:00", "018f0000-0000-7000-8000-000000000000"),
    ],
)
def test_cursor_that_is_not_ours_is_said_to_be_none(seven: list[Case], cursor: str) -> None:
    with pytest.raises(BadCursor):
        page_of(Case.objects.order_by("created_at", "id"), cursor, size=3)
    answer: Any = console(make_staff("sam")).get(CASES, {"p": cursor})
    assert answer.context["cl"].result_count == 7
    assert "That page is not one of this list." in read(answer).text


def test_list_leads_on_and_back_by_links_that_keep_its_filter(
    seven: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.admin.cases.CaseAdmin.list_per_page", 3)
    client = console(make_staff("sam"))
    shown, place, links = [], "?state=open", []
    while place:
        answer: Any = client.get(CASES + place)
        shown.append([row.pk for row in answer.context["cl"].result_list])
        links.append({link["rel"]: link["href"] for link in read(answer).every("a") if link.get("rel")})
        place = links[-1].get("next", "")
    assert shown == [[row.pk for row in seven][start : start + 3] for start in (0, 3, 6)]
    assert [sorted(each) for each in links] == [["next"], ["next", "prev"], ["prev"]]
    again: Any = client.get(CASES + links[1]["prev"])
    assert [row.pk for row in again.context["cl"].result_list] == shown[0]
    assert all("state=open" in place for each in links for place in each.values())
    Case.objects.filter(pk__in=shown[-1]).delete()
    answer = client.get(CASES + links[1]["next"])
    assert (answer.context["cl"].result_count, answer.context["cl"].first_link) == (0, "?state=open")
    assert "First page" in read(answer).text


def test_list_is_never_sorted_by_what_somebody_asks(seven: list[Case]) -> None:
    answer: Any = console(make_staff("sam")).get(CASES, {"o": "-1.2"})
    assert [row.pk for row in answer.context["cl"].result_list] == [row.pk for row in seven]


def test_list_without_scripts(client: Client, seven: list[Case]) -> None:
    page = read(console(make_staff("sam")).get(CASES))
    scripts = [script.get("src", "").rsplit("/", 1)[-1] for script in page.every("script")]
    assert [name for name in scripts if "actions" in name or "jquery" in name] == []
