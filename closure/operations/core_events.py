"""Reading what the core tells by itself, from where we stopped: nothing is lost that nobody pushed (F08)."""

import logging
from collections import Counter
from datetime import datetime

from accounts import settlement
from closure import claims, exchange
from closure.claims import Report, Taken
from closure.dormancy import activity
from closure.enums import CoreActivityKind, CoreEventKind
from closure.exchange.contract import CoreEvent
from closure.exchange.errors import GatewayError
from closure.models import CoreCursor
from closure.welcome import news

logger = logging.getLogger(__name__)
STREAM = "events"
AT_ONCE, MOST_TIMES = 200, 25


def pull(now: datetime) -> dict[str, int]:
    """Take the core's events since the last time; returns how many claims that opened. Safe to run again, and by two.

    The cursor moves when what is before it was taken. A core that does not answer is asked again by the next sweep.
    """
    counts: Counter[Taken] = Counter()
    try:
        for _time in range(MOST_TIMES):
            if not _take_some(counts, now=now):
                break
    except GatewayError as error:
        logger.warning("no events of the core: %s", type(error).__name__)
    return {"claims": counts[Taken.CLAIMED]}


def _take_some(counts: Counter[Taken], *, now: datetime) -> bool:
    """Take the next events and move the cursor behind them; returns whether there may be more."""
    place, _is_new = CoreCursor.objects.get_or_create(stream=STREAM)
    events = exchange.get_gateway().events_since(place.cursor, limit=AT_ONCE)
    for event in events:
        if event.kind == CoreEventKind.LATE_DEPOSIT:
            counts[_take(event, now=now)] += 1
        elif event.kind == CoreEventKind.DEPOSIT:
            settlement.ask_soon(event.account_id)
        elif event.kind in CoreActivityKind.values:
            activity.seen(event.account_id, at=event.at, now=now)
    news.keep(events)
    if events:
        # Whoever else read the same took the same: an event opens one claim, and the cursor moves once.
        CoreCursor.objects.filter(stream=STREAM, cursor=place.cursor).update(cursor=events[-1].cursor)
    return len(events) == AT_ONCE


def _take(event: CoreEvent, *, now: datetime) -> Taken:
    report = Report(
        event_id=event.event_id,
        kind=CoreEventKind.LATE_DEPOSIT,
        account_id=event.account_id,
        asset=event.data.get("asset", ""),
        amount=event.data.get("amount", ""),
        at=event.at,
    )
    taken = claims.take(report, now=now)
    if taken not in {Taken.CLAIMED, Taken.KNOWN}:
        logger.error("late deposit %s of the core opened no claim: %s", event.event_id, taken)
    return taken
