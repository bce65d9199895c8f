"""Whose desk a request lies on: for a quarter of an hour nobody but them decides about it; and whose work it is.

A desk moves no state and counts no version, so who has the page open can still decide when it is theirs.
closure.operations.desk is its one writer, beside the lifecycle, which clears it.
"""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from accounts.actors import Actor
from accounts.desk import CLAIM, holder, is_of_another, names
from accounts.enums import ActorKind
from closure.exceptions import OnAnotherDesk
from closure.models import ClosureRequest

__all__ = ["CLAIM", "check_free", "holder", "is_of_another", "names", "of"]


def check_free(request: ClosureRequest, actor: Actor, now: datetime) -> None:
    """Refuse staff what lies on another desk; raises OnAnotherDesk. Owners and the system never wait for a desk."""
    by, until = holder(request, now), request.desk_until
    if actor.kind is ActorKind.STAFF and by is not None and until is not None and by != actor.account_id:
        raise OnAnotherDesk(names([by])[by], until)


def of(person: UUID, now: datetime) -> Q:
    """Return the condition that a request is somebody's: given to them, or on their desk now."""
    return Q(assigned_to=person) | Q(desk_by=person, desk_until__gt=now)
