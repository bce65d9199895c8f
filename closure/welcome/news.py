"""What the core did to somebody's holdings by itself, kept as it is told, for the day they come back (I07-I09)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from accounts.enums import AccountStatus
from accounts.models import Account
from closure.enums import CoreNewsKind
from closure.exchange.contract import CoreEvent
from closure.models import CoreNews

FACTS = ("asset", "amount", "into", "symbol")
LONGEST = 64
MOST = 200


def keep(events: Sequence[CoreEvent]) -> None:
    """Keep those of living accounts that are news; told again they are the same."""
    told = [event for event in events if event.kind in CoreNewsKind.values]
    if not told:
        return
    living = set(
        Account.objects.filter(pk__in={event.account_id for event in told})
        .exclude(status=AccountStatus.CLOSED)
        .values_list("pk", flat=True)
    )
    rows = [
        CoreNews(
            account_id=event.account_id,
            event_id=event.event_id,
            kind=event.kind,
            at=event.at,
            facts={name: str(event.data[name])[:LONGEST] for name in FACTS if name in event.data},
        )
        for event in told
        if event.account_id in living
    ]
    CoreNews.objects.bulk_create(rows, ignore_conflicts=True)


def since(account_id: UUID, at: datetime) -> list[CoreNews]:
    """Return what happened since then, newest first, MOST at most."""
    return list(CoreNews.objects.filter(account_id=account_id, at__gte=at).order_by("-at", "-id")[:MOST])
