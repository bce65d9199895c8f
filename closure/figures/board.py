"""All figures of a range of months, and whether they are cheap enough for a page that is opened all day."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from closure.figures import blockers, counting, requests
from closure.figures.small import Figure
from closure.figures.span import Span

# More rows than this, of any kind, cost more than a glance at the day's work may.
MOST_AT_A_GLANCE = 10_000


def board(span: Span, *, now: datetime) -> list[Figure]:
    """Return every figure, in the order in which they are read: how it goes now, then how it went."""
    return [
        requests.funnel(span),
        blockers.blockers(span),
        requests.decisions(span),
        requests.endings(span),
        requests.ages(now),
    ]


def is_cheap(span: Span) -> bool:
    """Tell whether so few rows are counted that it is done in a moment; asks no further than that many."""
    counted: list[QuerySet[Any]] = [
        counting.within(requests.started(), "created_at", span),
        counting.within(requests.ended(), "ended_at", span),
        counting.within(requests.approved(), "reviewed_at", span),
        counting.within(blockers.checks(), "created_at", span),
        requests.live(),
    ]
    return all(rows.order_by()[: MOST_AT_A_GLANCE + 1].count() <= MOST_AT_A_GLANCE for rows in counted)
