"""Whose desk a request lies on: for a quarter of an hour nobody but them decides about it; and whose work it is.

A desk moves no state and counts no version, so who has the page open can still decide when it is theirs.
closure.operations.desk is its one writer, beside the lifecycle, which clears it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from accounts.actors import Actor
from accounts.enums import ActorKind
from accounts.models import Account
from closure.exceptions import OnAnotherDesk
from closure.models import ClosureRequest

CLAIM = timedelta(minutes=15)


def holder(request: ClosureRequest, now: datetime) -> UUID | None:
    """Return who is at work on a request now; None when nobody is, or their time is over."""
    until = request.desk_until
    return request.desk_by if until is not None and now < until else None


def is_of_another(request: ClosureRequest, actor: Actor, now: datetime) -> bool:
    """Tell whether somebody else is at work on it."""
    return holder(request, now) not in {None, actor.account_id}


def check_free(request: ClosureRequest, actor: Actor, now: datetime) -> None:
    """Refuse staff what lies on another desk; raises OnAnotherDesk. Owners and the system never wait for a desk."""
    by, until = holder(request, now), request.desk_until
    if actor.kind is ActorKind.STAFF and by is not None and until is not None and by != actor.account_id:
        raise OnAnotherDesk(names([by])[by], until)


def of(person: UUID, now: datetime) -> Q:
    """Return the condition that a request is somebody's: given to them, or on their desk now."""
    return Q(assigned_to=person) | Q(desk_by=person, desk_until__gt=now)


def names(people: Iterable[UUID]) -> dict[UUID, str]:
    """Return what staff are called on the console: their address, or the end of their key; one query at most."""
    wanted = set(people)
    known = dict(Account.objects.filter(pk__in=wanted).values_list("pk", "email")) if wanted else {}
    return {person: known.get(person) or f"…{person.hex[-6:]}" for person in wanted}
