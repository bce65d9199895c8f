"""Whose desk a case lies on: for a quarter of an hour nobody but them answers or decides; then it is free by itself.

The same as for closure requests; accounts.case_claiming is the one writer, beside what resolves a case.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import ActorKind
from accounts.exceptions import PortalError
from accounts.models import Account, Case

CLAIM = timedelta(minutes=15)


class OnAnotherDesk(PortalError):
    """Somebody else is at work on the case: `who`, `until` (aware UTC)."""

    code = "on_another_desk"

    def __init__(self, who: str, until: datetime) -> None:
        told = {"who": who, "until": until.strftime("%d %b %Y, %H:%M")}
        super().__init__(
            _("%(who)s is at work on this until %(until)s UTC. A lead can take it over before that.") % told
        )
        self.who, self.until = who, until


def holder(case: Case, now: datetime) -> UUID | None:
    """Return who is at work on a case now; None when nobody is, or their time is over."""
    until = case.desk_until
    return case.desk_by if until is not None and now < until else None


def is_of_another(case: Case, actor: Actor, now: datetime) -> bool:
    """Tell whether somebody else is at work on it."""
    return holder(case, now) not in {None, actor.account_id}


def check_free(case: Case, actor: Actor, now: datetime) -> None:
    """Refuse staff what lies on another desk; raises OnAnotherDesk. Owners and the system never wait for a desk."""
    by, until = holder(case, now), case.desk_until
    if actor.kind is ActorKind.STAFF and by is not None and until is not None and by != actor.account_id:
        raise OnAnotherDesk(names([by])[by], until)


def unclaimed(now: datetime) -> Q:
    """Return the condition that nobody is at work on a case."""
    return Q(desk_by=None) | Q(desk_until__lte=now)


def of(person: UUID, now: datetime) -> Q:
    """Return the condition that a case is on somebody's desk now."""
    return Q(desk_by=person, desk_until__gt=now)


def names(people: Iterable[UUID]) -> dict[UUID, str]:
    """Return what staff are called on the console: their address, or the end of their key; one query at most."""
    wanted = set(people)
    known = dict(Account.objects.filter(pk__in=wanted).values_list("pk", "email")) if wanted else {}
    return {person: known.get(person) or f"…{person.hex[-6:]}" for person in wanted}
