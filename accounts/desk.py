"""Whose desk a row lies on: for a quarter of an hour nobody but them works on it; then it is free by itself."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from accounts.actors import Actor
from accounts.models import Account

CLAIM = timedelta(minutes=15)


class OnADesk(Protocol):
    """A row that somebody may have on their desk: who, and until when."""

    desk_by: UUID | None
    desk_until: datetime | None


def holder(row: OnADesk, now: datetime) -> UUID | None:
    """Return who is at work on a row now; None when nobody is, or their time is over."""
    until = row.desk_until
    return row.desk_by if until is not None and now < until else None


def is_of_another(row: OnADesk, actor: Actor, now: datetime) -> bool:
    """Tell whether somebody else is at work on it."""
    return holder(row, now) not in {None, actor.account_id}


def names(people: Iterable[UUID]) -> dict[UUID, str]:
    """Return what staff are called on the console: their address, or the end of their key; one query at most."""
    wanted = set(people)
    known = dict(Account.objects.filter(pk__in=wanted).values_list("pk", "email")) if wanted else {}
    return {person: known.get(person) or f"…{person.hex[-6:]}" for person in wanted}
