"""Deciding about a matter: who may, and what they have to have seen of it, asked under its lock (L04, L07)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from accounts import case_desk, case_messages, case_reading, open_matters
from accounts.actors import Actor
from accounts.enums import MatterKind
from accounts.exceptions import NotAllowed, PortalError, ReasonRequired, SecondPersonRequired
from accounts.matters import NothingToSettle, home_of
from accounts.models import Account, Case, Matter
from accounts.powers import LIFT
from closure.models import Evidence
from closure.operations.evidence import looked_at, shown_to_owner

M = MatterKind


class NotLookedAt(PortalError):
    """There is no photo, or whoever accepts has not looked at all of them."""

    code = "not_looked_at"

    def __init__(self) -> None:
        super().__init__(_("Look at every photo of this case first. Without one a home or an identity is not proved."))


class NotRead(PortalError):
    """Whoever decides has not read the newest of what the owner wrote."""

    code = "not_read"

    def __init__(self) -> None:
        super().__init__(_("Read first what the owner wrote in this case."))


class WrittenSince(PortalError):
    """The owner wrote since the page was opened: what was decided may be about something else."""

    code = "written_since"

    def __init__(self) -> None:
        super().__init__(_("The owner wrote meanwhile. Read it, then decide."))


class HomeChanged(PortalError):
    """The owner named another home since the page was opened: what was looked at may prove another one."""

    code = "home_changed"

    def __init__(self) -> None:
        super().__init__(_("The owner named another home meanwhile. See whether the photos prove that one."))


def may_decide(matter: Matter, actor: Actor) -> bool:
    """Tell whether this person may decide about what was sent; a review is answered in its case."""
    is_theirs = actor.may(LIFT) and actor.account_id != matter.account_id
    return matter.kind != M.REVIEW and is_theirs and open_matters.counts(matter)


def unseen(matter: Matter, actor: Actor) -> list[Evidence]:
    """Return the photos of a matter that this person has not looked at, oldest first."""
    seen = looked_at(matter.account_id, actor)
    return [row for row in shown_to_owner(matter.case) if row.pk not in seen]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was on the page that somebody decided on: the code of the home, and the newest of what the owner wrote."""

    home: str = ""
    message: str = ""


def seen_now(matter: Matter) -> Seen:
    """Return what a page of now shows."""
    return Seen(home=home_of(matter).code, message=str(case_messages.newest_of_owner(matter.case_id) or ""))


def lock(matter_id: UUID, *, reason: str, actor: Actor, now: datetime) -> tuple[Account, Matter]:
    """Lock an open matter for whoever decides about it; raises as `accept`, but for what is on its page."""
    if not actor.may(LIFT):
        raise NotAllowed(_("Your role does not lift restrictions."))
    if not reason.strip():
        raise ReasonRequired
    owner_id = Matter.objects.filter(pk=matter_id).values_list("account_id", flat=True).first()
    if owner_id is None:
        raise NothingToSettle
    if owner_id == actor.account_id:
        raise SecondPersonRequired
    account = Account.objects.select_for_update().get(pk=owner_id)
    matter = Matter.objects.select_related("case").get(pk=matter_id)
    if not may_decide(matter, actor):
        raise NothingToSettle
    case_desk.check_free(Case.objects.select_for_update().get(pk=matter.case_id), actor, now)
    return account, matter


def check_seen(matter: Matter, seen: Seen, actor: Actor) -> None:
    """Refuse what was decided before it was read, or on a page that is older than what the owner sent."""
    newest = seen_now(matter)
    if newest.home != seen.home:
        raise HomeChanged
    if newest.message != seen.message:
        raise WrittenSince
    if not case_reading.is_read(matter.case, actor):
        raise NotRead
