"""The closure list, as staff see it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from closure.enums import ClosureState
from tests.console import LIST, address, console, in_review
from tests.factories import make_staff
from tests.pages import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam() -> Client:
    return console(make_staff("sam"))


def listed(client: Client, **query: str) -> list[str]:
    """Return the references that a list shows, in its order."""
    return [row.reference for row in client.get(LIST, query).context["cl"].result_list]


def test_list_shows_what_is_due_first_and_nothing_personal(sam: Client, now: datetime) -> None:
    later = in_review("ana", now=now)
    overdue = in_review("ben", now=now, finalizes_before=now - timedelta(hours=1), flags=["brake"], four_eyes_due=True)
    answer = sam.get(LIST)
    assert [row.reference for row in answer.context["cl"].result_list] == [overdue.reference, later.reference]
    page = read(answer)
    assert "overdue" in page.text
    assert "recent change" in page.text
    assert "two people" in page.text
    assert later.account.short_id in page.text
    for private in ("@example.test", "Diaz", "+1415"):
        assert private not in answer.content.decode()


def test_list_without_a_filter_has_what_is_not_over(sam: Client, now: datetime) -> None:
    live = in_review("ana", now=now)
    in_review("ben", now=now, state=ClosureState.REJECTED)
    draft = in_review("cid", now=now, state=ClosureState.DRAFT, submitted_at=None)
    assert listed(sam) == [live.reference]
    assert draft.reference not in listed(sam, state="all")
    assert len(listed(sam, state="all")) == 2


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "in_review"}, ["ana", "ben"]),
        ({"state": "cooling_off"}, ["cid"]),
        ({"state": "closed"}, []),
        ({"due": "overdue"}, ["ben"]),
        ({"due": "today"}, ["ben", "cid"]),
        ({"due": "week"}, ["ben", "cid"]),
        ({"flag": "brake"}, ["cid"]),
        ({"flag": "large_withdrawals"}, ["ana"]),
        ({"flag": "brake", "state": "in_review"}, []),
        ({"work": "review"}, ["ana", "ben"]),
        ({"state": "nonsense", "due": "x", "flag": "x", "work": "x"}, ["ana", "ben", "cid"]),
    ],
)
def test_list_is_filtered(sam: Client, now: datetime, query: dict[str, str], found: list[str]) -> None:
    made = {
        "ana": in_review("ana", now=now, flags=["large_withdrawals"]),
        "ben": in_review("ben", now=now, finalizes_before=now - timedelta(hours=1)),
        "cid": in_review(
            "cid",
            now=now,
            flags=["contact_change", "brake"],
            state=ClosureState.COOLING_OFF,
            finalizes_before=now + timedelta(hours=1),
        ),
    }
    assert sorted(listed(sam, **query)) == sorted(made[name].reference for name in found)


def test_list_finds_by_reference_mail_phone_and_account(sam: Client, now: datetime) -> None:
    request = in_review("ana", now=now, state=ClosureState.REJECTED)
    in_review("ben", now=now)
    ana = request.account
    for term in (request.reference, f" {request.reference.lower()} "):
        assert sam.get(LIST, {"q": term})["Location"] == address(request)
    for term in ("ANA@example.test", ana.phone or "", str(ana.pk)):
        assert listed(sam, q=term) == [request.reference], term
    for term in (
        "ana",
        "ana@",
        "@example.test",
        request.reference[:7],
        "CL-2222-2222",
        "nobody@example.test",
        "%",
    ):
        assert listed(sam, q=term) == [], term
    assert len(listed(sam, q=" ")) == 1


def test_list_asks_the_database_as_often_for_three_as_for_one(
    sam: Client, now: datetime, django_assert_num_queries: Any
) -> None:
    in_review("ana", now=now)
    for name in ("ben", "cid"):
        # Session, account, device, roles, rows.
        with django_assert_num_queries(5):
            sam.get(LIST, {"state": "in_review", "due": "week", "flag": "", "work": "review"})
        in_review(name, now=now)
    with django_assert_num_queries(5):
        assert len(listed(sam)) == 3


def test_list_never_asks_which_values_occur(sam: Client, now: datetime, django_assert_num_queries: Any) -> None:
    in_review("ana", now=now)
    with django_assert_num_queries(5) as asked:
        sam.get(LIST)
    assert [query["sql"] for query in asked if "DISTINCT" in query["sql"]] == []


def test_list_has_no_bulk_decision(sam: Client, now: datetime) -> None:
    request = in_review("ana", now=now)
    page = read(sam.get(LIST))
    assert page.every("select") == []
    assert [field for field in page.every("input") if field.get("type") == "checkbox"] == []
    sam.post(LIST, {"action": "delete_selected", "_selected_action": str(request.pk), "post": "yes"})
    request.refresh_from_db()
    assert request.state == ClosureState.IN_REVIEW
