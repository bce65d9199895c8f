"""Whose desk a case lies on: for a quarter of an hour nobody but them answers or decides; then it is free by itself.

The same as for closure requests; accounts.case_claiming is the one writer, beside what resolves a case.
"""

from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.desk import CLAIM, holder, is_of_another, names
from accounts.enums import ActorKind
from accounts.exceptions import PortalError
from accounts.models import Case

__all__ = ["CLAIM", "OnAnotherDesk", "check_free", "holder", "is_of_another", "names", "of", "unclaimed"]


class OnAnotherDesk(PortalError):
    """Somebody else is at work on the case: `who`, `until` (aware UTC)."""

    code = "on_another_desk"

    def __init__(self, who: str, until: datetime) -> None:
        told = {"who": who, "until": until.strftime("%d %b %Y, %H:%M")}
        super().__init__(
            _("%(who)s is at work on this until %(until)s UTC. A lead can take it over before that.") % told
        )
        self.who, self.until = who, until


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
