"""Taking a request to one's desk, giving it back, and saying whose work it is. Nothing of it decides anything.

Each is a compare-and-set in the database on what was read, so of many at once one has it.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import journal
from accounts.actors import Actor
from accounts.exceptions import NotAllowed
from accounts.models import Account
from closure import desk, queries
from closure.exceptions import TransitionRefused, UnknownRequest
from closure.models import ClosureRequest
from closure.permissions import check_decide
from closure.powers import ASSIGN, DECIDE

CLAIMED, TAKEN_OVER, RELEASED, ASSIGNED = "desk.claimed", "desk.taken_over", "desk.released", "desk.assigned"


def claim(request_id: UUID, *, actor: Actor, now: datetime, take_over: bool = False) -> ClosureRequest:
    """Take a request to the actor's desk for a quarter of an hour, or for another one where it lies there.

    What lies on another desk only a lead takes, and says so. Raises UnknownRequest, NotAllowed, OnAnotherDesk with who
    and until when, TransitionRefused for what is over.
    """
    with transaction.atomic():
        request = _find(request_id)
        check_decide(actor, request)
        before = desk.holder(request, now)
        is_anothers = desk.is_of_another(request, actor, now)
        if is_anothers and take_over:
            _check_lead(actor)
        elif is_anothers:
            desk.check_free(request, actor, now)
        if not _put(request, by=actor.account_id, until=now + desk.CLAIM):
            request.refresh_from_db()
            desk.check_free(request, actor, now)
            raise _changed()
        told = {"closure": str(request.pk), "until": (now + desk.CLAIM).isoformat()}
        if is_anothers:
            told["from"] = str(before)
        action = TAKEN_OVER if is_anothers else CLAIMED
        journal.record(action, actor=actor, at=now, account_id=request.account_id, data=told)
    return request


def release(request_id: UUID, *, actor: Actor, now: datetime) -> ClosureRequest:
    """Clear the actor's desk of a request, before its time is over. Raises as `claim`."""
    with transaction.atomic():
        request = _find(request_id)
        check_decide(actor, request)
        desk.check_free(request, actor, now)
        if desk.holder(request, now) is None:
            raise TransitionRefused(_("Nobody is at work on it."), code="not_claimed")
        if not _put(request, by=None, until=None):
            raise _changed()
        told = {"closure": str(request.pk)}
        journal.record(RELEASED, actor=actor, at=now, account_id=request.account_id, data=told)
    return request


def renew(request: ClosureRequest, *, actor: Actor, now: datetime) -> None:
    """Give who is at work on a request another quarter of an hour: they are about to decide. Nothing changes hands."""
    if actor.account_id is not None and desk.holder(request, now) == actor.account_id:
        _put(request, by=actor.account_id, until=now + desk.CLAIM)


def assign(request_ids: Collection[UUID], *, to: UUID | None, actor: Actor, now: datetime) -> int:
    """Say whose work requests are, or nobody's; returns how many changed hands. Only leads say so.

    It stops nobody and decides nothing. What is over, is theirs already, or is about their own account is left as it
    is. Raises NotAllowed; for somebody who does not decide about closures too.
    """
    _check_lead(actor)
    if to is not None and to not in dict(deciders()):
        raise NotAllowed(_("Assign to somebody who decides about closures."))
    with transaction.atomic():
        found = queries.live().filter(pk__in=request_ids).select_for_update(of=("self",)).order_by("account_id")
        moved = [request for request in found if to not in {request.assigned_to, request.account_id}]
        ClosureRequest.objects.filter(pk__in=[request.pk for request in moved]).update(assigned_to=to)
        for request in moved:
            told = {"closure": str(request.pk), "to": to and str(to)}
            journal.record(ASSIGNED, actor=actor, at=now, account_id=request.account_id, data=told)
    return len(moved)


def deciders() -> list[tuple[UUID, str]]:
    """Return everybody who decides about closures, with what they are called, in its order."""
    staff = Account.objects.filter(groups__name__in=sorted(DECIDE.roles), is_staff=True).distinct()
    return sorted(desk.names(staff.values_list("pk", flat=True)).items(), key=lambda each: each[1])


def may_assign(actor: Actor) -> bool:
    """Tell whether the actor says whose work requests are."""
    return actor.may(ASSIGN)


def _check_lead(actor: Actor) -> None:
    if not may_assign(actor):
        raise NotAllowed(_("Only a lead can do this."))


def _find(request_id: UUID) -> ClosureRequest:
    request = ClosureRequest.objects.filter(pk=request_id).first()
    if request is None:
        raise UnknownRequest
    return request


def _put(request: ClosureRequest, *, by: UUID | None, until: datetime | None) -> bool:
    """Write a desk where the row still says what was read and is not over; returns whether it did."""
    seen = {"desk_by": request.desk_by, "desk_until": request.desk_until}
    written = {"desk_by": by, "desk_until": until}
    if not queries.live().filter(pk=request.pk, **seen).update(**written):
        return False
    request.desk_by, request.desk_until = by, until
    return True


def _changed() -> TransitionRefused:
    return TransitionRefused(_("The request is over, or changed just now. Look at it again."), code="changed_since")
