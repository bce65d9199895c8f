"""What staff take as proof, and what follows; and the review that waits for everything else (K02-K05, J05)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import case_desk, cases, contacts, matters, residence, restrictions
from accounts.actors import Actor
from accounts.enums import Action, IdentityStatus, MatterKind
from accounts.exceptions import NotAllowed, PortalError, ReasonRequired, SecondPersonRequired
from accounts.journal import record
from accounts.matters import NothingToSettle, NotServed, home_of
from accounts.models import Account, Case, Matter
from accounts.powers import LIFT
from closure.models import Evidence
from closure.operations.evidence import looked_at, shown_to_owner

M = MatterKind
ACCEPTED, TEMPLATE = "matter.accepted", "matter_accepted"
# These are proved by photos, which whoever accepts has looked at.
BY_PHOTOS = frozenset({M.UNSUPPORTED_REGION, M.FAILED_VERIFICATION, M.IDENTITY_REFRESH})


class NotLookedAt(PortalError):
    """There is no photo, or whoever accepts has not looked at all of them."""

    code = "not_looked_at"

    def __init__(self) -> None:
        super().__init__(_("Look at every photo of this case first. Without one there is nothing to accept."))


class HomeChanged(PortalError):
    """The owner named another home since the page was opened: what was looked at may prove another one."""

    code = "home_changed"

    def __init__(self) -> None:
        super().__init__(_("The owner named another home meanwhile. See whether the photos prove that one."))


class StillOpen(PortalError):
    """A review waits until its owner has done what each restriction asks for; `kinds` are those that are left."""

    code = "still_open"

    def __init__(self, kinds: Sequence[MatterKind | str]) -> None:
        super().__init__(_("We review your account once you have done what each restriction asks for."))
        self.kinds = list(kinds)


def may_accept(matter: Matter, actor: Actor) -> bool:
    """Tell whether this person may take what was sent as proof of what stands; a review is no proof of anything."""
    is_theirs = actor.may(LIFT) and actor.account_id != matter.account_id
    return matter.kind != M.REVIEW and is_theirs and matters.counts(matter)


def unseen(matter: Matter, actor: Actor) -> list[Evidence]:
    """Return the photos of a matter that this person has not looked at, oldest first."""
    seen = looked_at(matter.account_id, actor)
    return [row for row in shown_to_owner(matter.case) if row.pk not in seen]


def accept(matter_id: UUID, *, reason: str, seen_home: str, actor: Actor, now: datetime) -> Matter:
    """Take what was sent as proof: the restriction ends, the case is resolved, and the owner is told.

    Who moved lives from now on where they said, which must be `seen_home`, the code of the home that was looked at; an
    identity that was shown is verified. Raises NotAllowed, SecondPersonRequired for the own account, ReasonRequired,
    NothingToSettle, HomeChanged, NotLookedAt, NotServed, LiftRefused, OnAnotherDesk.
    """
    if not actor.may(LIFT):
        raise NotAllowed(_("Your role does not lift restrictions."))
    if not reason.strip():
        raise ReasonRequired
    owner_id = Matter.objects.filter(pk=matter_id).values_list("account_id", flat=True).first()
    if owner_id is None:
        raise NothingToSettle
    if owner_id == actor.account_id:
        raise SecondPersonRequired
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=owner_id)
        matter = Matter.objects.select_related("case").get(pk=matter_id)
        _check(matter, actor, now)
        if home_of(matter).code != seen_home:
            raise HomeChanged
        _take(matter, account, actor=actor, reason=reason.strip(), now=now)
    return matter


def _check(matter: Matter, actor: Actor, now: datetime) -> None:
    if not may_accept(matter, actor):
        raise NothingToSettle
    case_desk.check_free(Case.objects.select_for_update().get(pk=matter.case_id), actor, now)
    photos = shown_to_owner(matter.case)
    if matter.kind in BY_PHOTOS and (not photos.exists() or unseen(matter, actor)):
        raise NotLookedAt
    if matter.kind == M.UNSUPPORTED_REGION and not home_of(matter).is_served(now):
        raise NotServed


def _take(matter: Matter, account: Account, *, actor: Actor, reason: str, now: datetime) -> None:
    matter.accepted_at, matter.accepted_by = now, actor.account_id
    matter.save(update_fields=["accepted_at", "accepted_by"])
    told = {"matter": str(matter.pk), "kind": matter.kind, "case": matter.case.reference}
    record(ACCEPTED, actor=actor, at=now, account=account, data=told, note=reason)
    _change(matter, account, actor=actor, now=now)
    kind = matters.OF_RESTRICTIONS.get(M(matter.kind))
    for standing in restrictions.active(account.pk):
        if standing.kind == kind:
            restrictions.lift(standing.pk, actor=actor, reason=reason, now=now)
    cases.resolve_case(matter.case_id, actor=actor, note="", now=now)
    contacts.tell(contacts.current(account), account, TEMPLATE, {"what": matter.kind}, now=now)


def _change(matter: Matter, account: Account, *, actor: Actor, now: datetime) -> None:
    """Write what was proved of the owner."""
    if matter.kind == M.UNSUPPORTED_REGION:
        residence.move(account, country=matter.country, region=matter.region)
        fields = ["country", "region"]
    elif matter.kind in BY_PHOTOS:
        account.identity_status = IdentityStatus.VERIFIED
        fields = ["identity_status"]
    else:
        return
    account.save(update_fields=fields)
    record(Action.ACCOUNT_UPDATED, actor=actor, at=now, account=account, data={"fields": fields})


def left(account: Account) -> list[MatterKind | str]:
    """Return what its owner can still do, by kind: settle a debt, or begin a matter that a restriction asks for."""
    opened = matters.open_of(account.pk)
    standing = [each.kind for each in restrictions.active(account.pk)]
    asked = [M(kind) for kind in standing if kind in matters.OF_RESTRICTIONS and M(kind) not in opened]
    return [kind for kind in standing if kind in restrictions.BY_ITSELF] + asked


def ask_review(account: Account, text: str, *, actor: Actor, now: datetime) -> Matter:
    """Ask staff to review everything; asked again it writes in the same case (K05).

    Raises StillOpen while something is left to do, NothingToSettle, TooManyAttempts. Not inside a transaction.
    """
    still = left(account)
    if still:
        raise StillOpen(still)
    return matters.begin(account.pk, M.REVIEW, text, actor=actor, now=now)
