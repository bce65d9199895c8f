"""The pages of the staff queue that have to cost the same however many requests there are."""

from datetime import datetime, timedelta

from accounts.admin.keyset import page_of
from closure import queries
from closure.models import ClosureRequest
from tests.console import LIST


def pages(known: ClosureRequest) -> dict[str, str]:
    """Return the address of each by what it is; `known` is who is searched for."""
    asked = {
        "first page": "",
        "in review": "state=in_review",
        "closed": "state=closed",
        "all": "state=all",
        "overdue": "work=overdue",
        "overdue, by due": "due=overdue",
        "due within 7 days": "due=week",
        "second approval": "work=second",
        "unclaimed": "desk=free",
        "mine": "desk=mine",
        "on hold": "work=held",
        "parked": "work=stuck",
        "flag of many": "flag=brake",
        "flag of few": "flag=name_mismatch",
        "in review, flag of many": "state=in_review&flag=brake",
        "search by address": f"q={known.account.email}",
        "search by phone": f"q=%2B{(known.account.phone or '')[1:]}",
        "search by account": f"q={known.account_id}",
        "search by reference": f"q={known.reference}",
        "search of nobody": "q=nobody@example.test",
    }
    return {"index": "/staff/", **{name: f"{LIST}?{query}" for name, query in asked.items()}}


def deep(now: datetime) -> str:
    """Return the address of a page far from the first."""
    late = queries.live().filter(finalizes_before__gte=now + timedelta(days=10)).order_by("finalizes_before", "id")
    return f"{LIST}?p={page_of(late, '', size=1).following}"
