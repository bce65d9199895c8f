"""Taking a case to one's desk, and giving it back. Nothing of it decides anything.

Each is a compare-and-set in the database on what was read, so of many at once one has it.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import case_contacts, case_desk, cases
from accounts.actors import Actor
from accounts.enums import CaseState
from accounts.exceptions import NotAllowed, PortalError
from accounts.journal import record
from accounts.models import Case
from accounts.powers import TAKE_OVER

CLAIMED, TAKEN_OVER, RELEASED = "case.claimed", "case.taken_over", "case.released"


class DeskChanged(PortalError):
    """The case is over, nobody's, or on another desk since it was read."""

    code = "changed_since"

    def __init__(self) -> None:
        super().__init__(_("The case is over, or changed just now. Look at it again."))


def may_take_over(actor: Actor) -> bool:
    """Tell whether the actor takes what lies on another desk."""
    return actor.may(TAKE_OVER)


def claim(case: Case, *, actor: Actor, now: datetime, take_over: bool = False) -> None:
    """Take a case, as it was read, to the actor's desk, or keep it there, for a quarter of an hour from now.

    What lies on another desk only a lead takes, and says so. Raises NotAllowed, OnAnotherDesk, DeskChanged.
    """
    cases.check_handle(actor)
    before, is_anothers = case_desk.holder(case, now), case_desk.is_of_another(case, actor, now)
    if is_anothers and not take_over:
        case_desk.check_free(case, actor, now)
    if is_anothers and not may_take_over(actor):
        raise NotAllowed(_("Only a lead can do this."))
    told = {"until": (now + case_desk.CLAIM).isoformat(), **({"from": str(before)} if is_anothers else {})}
    _put(case, actor, TAKEN_OVER if is_anothers else CLAIMED, told, until=now + case_desk.CLAIM, now=now)


def release(case: Case, *, actor: Actor, now: datetime) -> None:
    """Clear the actor's desk of a case before its time is over; raises as `claim`."""
    cases.check_handle(actor)
    case_desk.check_free(case, actor, now)
    if case_desk.holder(case, now) is None:
        raise DeskChanged
    _put(case, actor, RELEASED, {}, until=None, now=now)


def clear(case: Case) -> None:
    """Clear anybody's desk of a case, in the transaction of a decision: the next one is another person's."""
    Case.objects.filter(pk=case.pk).update(desk_by=None, desk_until=None)
    case.desk_by = case.desk_until = None


def _put(case: Case, actor: Actor, action: str, told: dict[str, str], *, until: datetime | None, now: datetime) -> None:
    """Write a desk where the row still says what was read and is not over, and journal it."""
    seen = Case.objects.filter(pk=case.pk, desk_by=case.desk_by, desk_until=case.desk_until)
    by = actor.account_id if until is not None else None
    with transaction.atomic():
        if not seen.exclude(state=CaseState.RESOLVED).update(desk_by=by, desk_until=until):
            raise DeskChanged
        data = {"case": case.reference, **told}
        record(action, actor=actor, at=now, account_id=case_contacts.account_behind(case), data=data)
    case.desk_by, case.desk_until = by, until
