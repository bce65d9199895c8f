"""Tells customers who stay away of a date: once each time, before it, with the real date in it (I06, H03)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from accounts import contacts
from accounts.enums import AccountStatus, MessageChannel, NoticeMatter
from accounts.messages import bounces, late, outbox
from accounts.messages.outbox import Letter
from accounts.messages.payload import Payload
from accounts.models import Account, DormancyNotice, OutboxMessage
from closure.dormancy.dates import DAY, midnight, reached_on
from closure.dormancy.jurisdictions import named_law, place_of
from closure.dormancy.lines import Line
from closure.policy import loader
from closure.policy.schema import DormancyPolicy

TEMPLATES = {NoticeMatter.DORMANCY: "dormancy_notice", NoticeMatter.UNCLAIMED: "unclaimed_notice"}


def announce(
    line: Line, matter: NoticeMatter, accounts: Sequence[Account], *, policy: DormancyPolicy, now: datetime
) -> int:
    """Announce the date of a line to locked accounts that do not know one yet; returns to how many.

    Whoever is found late, imported for instance, has the whole notice all the same: the date moves, never the notice.
    """
    keys = [account.pk for account in accounts]
    told = set(DormancyNotice.objects.filter(account__in=keys, matter=matter).values_list("account_id", flat=True))
    fresh = [account for account in accounts if account.pk not in told]
    soonest = now.date() + line.least * DAY
    rows = [
        DormancyNotice(
            account=account,
            matter=matter,
            on=max(reached_on(account.last_active_at, line.period), soonest),
            days_before=line.ahead,
            first_sent_at=now,
            sent_at=now,
        )
        for account in fresh
    ]
    _send(rows, matter, policy=policy, now=now)
    DormancyNotice.objects.bulk_create(rows)
    return len(rows)


def remind(rows: Sequence[DormancyNotice], days_before: int, *, policy: DormancyPolicy, now: datetime) -> int:
    """Tell again of a date that is near; one that passed untold becomes tomorrow. Returns how many.

    The rows are locked, with their accounts.
    """
    tomorrow = now.date() + DAY
    for row in rows:
        row.on, row.days_before, row.sent_at = max(row.on, tomorrow), days_before, now
    _send(rows, NoticeMatter.DORMANCY, policy=policy, now=now)
    DormancyNotice.objects.bulk_update(rows, ["on", "days_before", "sent_at", "channel"], batch_size=500)
    return len(rows)


def complete(message: OutboxMessage, said: Payload, *, now: datetime) -> Payload | None:  # noqa: ARG001  (one shape)
    """Return the notice with the way back, None when its owner came back meanwhile or another date was announced (I06).

    How the owner comes back is said as it is now: who cannot sign in is never told to.
    """
    matter = next(matter for matter, template in TEMPLATES.items() if template == message.template)
    notices = DormancyNotice.objects.filter(account=message.account_id, matter=matter)
    standing = notices.select_related("account").first()
    if standing is None or midnight(standing.on) != said.context["on"]:
        return None
    return replace(said, context={**said.context, "way": _way_back(standing.account)})


def plug() -> None:
    """Let the sender ask whether a notice still holds (closure.apps)."""
    for template in TEMPLATES.values():
        late.plug(template, complete)


def _send(rows: Sequence[DormancyNotice], matter: NoticeMatter, *, policy: DormancyPolicy, now: datetime) -> None:
    """Queue one message a row, to the first address that takes messages; the row says by which channel, if any."""
    stopped = bounces.stopped_among([row.account_id for row in rows])
    letters = []
    for row in rows:
        place = _place(row.account, stopped)
        row.channel = place[0] if place else ""
        if place:
            channel, to = place
            said = _facts(row.account, matter, row.on, policy)
            letters.append(Letter(account=row.account, channel=channel, to=to, context=said))
    outbox.enqueue_bulk(letters, template=TEMPLATES[matter], now=now)


def _place(account: Account, stopped: set[tuple[UUID, MessageChannel]]) -> contacts.Place | None:
    return next((place for place in contacts.current(account) if (account.pk, place[0]) not in stopped), None)


def _facts(account: Account, matter: NoticeMatter, on: date, policy: DormancyPolicy) -> dict[str, Any]:
    if matter is NoticeMatter.DORMANCY:
        return {"on": midnight(on), "locks": policy.locks, "factors": policy.wake_factors}
    law, place = named_law(account.country, account.region), place_of(account.country, account.region)
    # Of a place whose parts have laws of their own, it is the law of the part, named as our records have it.
    part = f"{account.country}-{account.region}" if account.region else ""
    return {"on": midnight(on), "law": law, "by_part": bool(place) and not law, "part": part}


def _way_back(account: Account) -> str:
    if account.status != AccountStatus.DISABLED:
        return "sign_in"
    return "reactivate" if loader.current().reactivation.disable_offered else "support"
