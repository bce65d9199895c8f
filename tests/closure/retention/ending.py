"""Archives whose time is over, and what their end must leave."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.models import Event
from closure.retention.archive import ArchiveFile
from closure.retention.enums import RecordClass
from closure.retention.schedule import Terms, end_of, month_of
from tests.closure.retention.sealing import sealed

ONE_YEAR = Terms(years=dict.fromkeys(RecordClass, 1), country="", may_lengthen=False)


def over_by(now: datetime, *, months: int) -> str:
    """Return the month that was so many months before this one."""
    month = month_of(now)
    for _each in range(months):
        month = month_of(datetime.strptime(f"{month}-01+0000", "%Y-%m-%d%z") - timedelta(days=1))
    return month


def sealed_long_ago(name: str, *, month: str, **fields: Any) -> ArchiveFile:
    """Seal the file of a person who closed a year before the middle of a month, on the day they closed."""
    middle = end_of(month).astimezone(UTC) - timedelta(days=15)
    closed_at = middle.replace(year=middle.year - 1)
    parts = [(each, name.encode()) for each in RecordClass]
    return sealed(name, now=closed_at, terms=ONE_YEAR, parts=parts, **fields)


def certificates() -> list[dict[str, object]]:
    """Return what the journal says was purged, oldest first."""
    events = Event.objects.filter(action="archive.purged").order_by("id")
    return [json.loads(bytes(event.body))["data"] for event in events]
