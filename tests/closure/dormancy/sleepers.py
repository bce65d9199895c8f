"""Customers who stay away, one or a million, and what became of them."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Account, DormancyNotice, Event
from closure.dormancy.sweep import sweep
from tests.factories import make_account

DAY = timedelta(days=1)
BATCH = 5000


def asleep(name: str, days: int, *, now: datetime, **fields: Any) -> Account:
    """Make a customer outside of any listed place who was last active so many days ago."""
    return make_account(name, **{"country": "NO", "region": "", "last_active_at": now - days * DAY, **fields})


def many_asleep(count: int, *, now: datetime, status: str, days: int = 900) -> None:
    """Make so many customers who were last active so many days ago and a second apart, past the rules."""
    long_ago = now - days * DAY
    for start in range(0, count, BATCH):
        Account.objects.bulk_create(
            Account(
                email=f"p{number}@campaign.test",
                status=status,
                status_changed_at=long_ago,
                created_at=long_ago,
                last_active_at=long_ago - timedelta(seconds=number),
            )
            for number in range(start, min(start + BATCH, count))
        )


def stands(account: Account) -> tuple[str, dict[str, int]]:
    """Return the status of an account, and {matter: days before of its last notice}."""
    account.refresh_from_db()
    told = DormancyNotice.objects.filter(account=account).values_list("matter", "days_before")
    return account.status, dict(told)


def swept(*, now: datetime, **more: Any) -> dict[str, int]:
    """Sweep; returns what was done."""
    return dict(sweep(now=now, **more))


def moves() -> Counter[bytes]:
    """Return how often the journal has each change of state of the sweep, by account and states."""
    told = Event.objects.filter(action="account.status_changed", actor="system:sweep_dormancy")
    return Counter(bytes(body).split(b'"data":')[1].split(b',"id"')[0] for body in told.values_list("body", flat=True))
