"""Figures on the first page of the console and on a page of their own; which months, by the address."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from closure.enums import Area, ClosureState
from closure.figures import board
from tests.closure.figures.made import accounts, check, ended, request, save
from tests.console import LIST, console
from tests.factories import make_staff
from tests.pages import read

pytestmark = pytest.mark.django_db
INDEX, FIGURES = "/staff/", "/staff/figures/"


@pytest.fixture
def sam() -> Client:
    return console(make_staff("sam"))


def shown(answer: Any) -> dict[str, dict[str, int]]:
    """Return the figures of a page: of each its numbers, but for those that are not said."""
    charts = answer.context["shown"].charts or []
    return {
        figure.code: {count.code: count.shown for count in figure.counts if count.shown} for figure, _drawn in charts
    }


@pytest.fixture
def quarter(now: datetime) -> None:
    """Requests of this month, whichever it is."""
    ana, *others = accounts(8, now)
    save(*(ended(ana, "closed", now) for _each in range(30)), *(ended(ana, "disputed", now) for _each in range(7)))
    save(*(request(other, ClosureState.IN_REVIEW, now, finalizes_before=now) for other in others[:6]))
    for person in others[:5]:
        check(person, now, Area.SPOT)


@pytest.mark.usefixtures("quarter")
@pytest.mark.parametrize("path", [INDEX, FIGURES])
def test_page_draws_every_figure_with_its_table(sam: Client, path: str) -> None:
    answer = sam.get(path)
    page = read(answer)
    assert shown(answer) == {
        "funnel": {"started": 40, "submitted": 40, "reviewed": 40, "closed": 30},
        "blockers": {"spot": 5},
        "decisions": {},
        "endings": {"disputed": 5},
        "ages": {"day": 5},
    }
    assert [picture["role"] for picture in page.every("svg") if picture.get("class") == "bars"] == ["img"] * 5
    assert len(page.every("table")) == 5
    for figure, _drawn in answer.context["shown"].charts:
        for count, said in figure.lines:
            # The description, the drawing and the table say the same.
            assert page.text.count(f"{count.label} {said}") >= 2, (figure.code, count.code)


def test_address_says_which_months(sam: Client, now: datetime) -> None:
    (ana,) = accounts(1, now)
    then = datetime(2026, 3, 10, tzinfo=UTC)
    save(*(ended(ana, "closed", then) for _each in range(6)))
    asked = sam.get(FIGURES, {"from": "2026-02-20", "to": "2026-03-01"})
    assert shown(asked)["funnel"]["closed"] == 5
    assert "1 Feb 2026 to 31 Mar 2026" in read(asked).text
    assert [field["value"] for field in read(asked).every("input") if field.get("type") == "date"] == [
        "2026-02-20",
        "2026-03-01",
    ]
    assert shown(sam.get(FIGURES, {"from": "2026-02-20", "to": "2026-02-28"}))["funnel"] == {}
    assert shown(sam.get(INDEX, {"from": "2026-03-31", "to": "2026-03-31"}))["funnel"]["closed"] == 5


@pytest.mark.parametrize("path", [INDEX, FIGURES])
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"from": "31.3.2026", "to": "2026-03-31"}, "Give a day as year, month and day, such as 2026-03-31."),
        ({"from": "2026-03-31"}, "Give both days, such as 2026-03-31."),
        ({"from": "2026-03-31", "to": "2026-03-30"}, "The first day is after the last one."),
        ({"from": "2024-03-31", "to": "2026-03-30"}, "Give days within 12 months."),
        ({"from": "2999-01-01", "to": "2999-01-02"}, "The first day is still to come."),
        ({"from": "0001-01-01", "to": "9999-12-31"}, "Give days within 12 months."),
    ],
)
def test_bad_days_are_told_what_to_do_and_count_nothing(
    sam: Client, path: str, query: dict[str, str], said: str
) -> None:
    answer = sam.get(path, query)
    assert (answer.status_code, shown(answer)) == (422, {})
    assert said in read(answer).text
    assert answer.content.decode().count("<title>Error: ") == 1


def test_edges_of_the_calendar_are_counted_too(sam: Client) -> None:
    assert sam.get(FIGURES, {"from": "0001-01-01", "to": "0001-01-01"}).status_code == 200


@pytest.mark.usefixtures("quarter")
def test_index_leaves_figures_that_take_long_to_their_own_page(
    sam: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(board, "MOST_AT_A_GLANCE", 36)
    answer = sam.get(INDEX)
    assert shown(answer) == {}
    (link,) = [each["href"] for each in read(answer).every("a") if each.get("href", "").startswith(FIGURES)]
    assert shown(sam.get(link))["funnel"]["closed"] == 30
    monkeypatch.setattr(board, "MOST_AT_A_GLANCE", 43)
    assert shown(sam.get(INDEX))["funnel"]["closed"] == 30


def test_figures_are_for_every_role_and_for_nobody_without_one(now: datetime) -> None:
    for role in Role:
        assert console(make_staff(role.value, role)).get(FIGURES).status_code == 200
    tom = make_staff("tom")
    tom.groups.clear()
    client = console(tom)
    assert client.get(FIGURES).status_code == 403
    assert "You have no role yet." in read(client.get(INDEX)).text


def test_tiles_count_to_a_thousand_and_no_further(sam: Client, now: datetime) -> None:
    late = now - timedelta(days=1)
    save(
        *(
            request(each, ClosureState.IN_REVIEW, now, finalizes_before=late, review_due=True)
            for each in accounts(1002, now)
        )
    )
    answer = sam.get(INDEX)
    counted = {kind.code: count for kind, count, place in answer.context["work"] if place == LIST}
    assert (counted["overdue"], counted["review"], counted["held"]) == (1001, 1001, 0)
    capped = [number for number in counted.values() if number == 1001]
    assert answer.content.decode().count('<span class="count">1,000+</span>') == len(capped)
