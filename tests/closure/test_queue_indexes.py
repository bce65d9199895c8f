"""Two thousand requests are enough to see how a million are read: each page by an index that has its order.

The campaign (tests/campaigns/queue.py) measures it at a million; here the plans are looked at, which no load changes.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.closure.crowding import crowd
from tests.closure.queue_pages import deep, pages
from tests.console import console, in_review
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12
REVIEWS = {"closure_states", "closure_unassigned"}
# Which indexes a page may be read by, in the order in which it is shown.
IN_ORDER = {
    "first page": {"closure_live"},
    "in review": {"closure_states"},
    "closed": {"closure_states"},
    "all": {"closure_submitted"},
    "overdue": {"closure_states"},
    "overdue, by due": {"closure_states"},
    "due within 7 days": {"closure_live"},
    "second approval": {"closure_second"},
    "unclaimed": REVIEWS,
    "on hold": {"closure_states"},
    "flag of many": {"closure_brake"},
    "flag of few": {"closure_name_mismatch"},
    "in review, flag of many": {"closure_states", "closure_brake"},
    "deep page": {"closure_live"},
}
# These have few rows each, which are found by an index and then sorted.
BY_KEY = {
    "mine": {"closure_assigned", "closure_desk"},
    "parked": {"closure_parked", "closure_failing", "effect_parked"},
    "search by address": {"account_id"},
    "search by phone": {"account_id"},
    "search by account": {"account_id"},
    "search of nobody": {"account_id"},
}


def test_every_page_is_read_by_an_index_in_its_order(now: datetime) -> None:
    sam = make_staff("sam")
    like = in_review("ana", now=now)
    client = console(sam)
    crowd(1, 2000, like=like, person=sam.pk, now=now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    told: dict[str, set[str]] = {}
    sorted_pages = set()
    asked = {**pages(like), "deep page": deep(now)}
    for page, place in asked.items():
        with CaptureQueriesContext(connection) as queries:
            answer: Any = client.get(place)
        if page == "index" or answer.status_code == 302:
            continue
        assert len(queries) <= MOST_QUERIES, page
        lists = [query["sql"] for query in queries if 'ORDER BY "closure_closurerequest"' in query["sql"]]
        assert len(lists) == 1, page
        plan = "\n".join(_plan(lists[0], in_order=page in IN_ORDER))
        assert "Seq Scan on closure_closurerequest" not in plan, (page, plan)
        told[page] = set(re.findall(r"\b(closure_(?!closurerequest\b|effect\b)[a-z0-9_]+|effect_parked)\b", plan))
        told[page] = {"account_id" if "account_id" in name else name for name in told[page]}
        if "Sort" in plan or "FOR ORDER BY" in plan:
            sorted_pages.add(page)
    assert {page: names for page, names in told.items() if not _fits(page, names)} == {}
    assert set(told) == IN_ORDER.keys() | BY_KEY.keys()
    assert sorted_pages <= BY_KEY.keys()


def _fits(page: str, names: set[str]) -> bool:
    return len(names) == 1 and names <= IN_ORDER[page] if page in IN_ORDER else names >= BY_KEY[page]


def _plan(sql: str, *, in_order: bool) -> Iterator[str]:
    """Yield how the database reads it: as if it were large, so whole or sorted only if it has to be."""
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if not is_sqlite:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"SET LOCAL enable_sort = {'off' if in_order else 'on'}")
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}" if is_sqlite else f"EXPLAIN {sql}")
        for row in cursor.fetchall():
            yield str(row[-1])
