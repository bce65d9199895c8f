"""Places and lifts restrictions: who may lift which is asked here, and that two of compliance lift what they must."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts import contacts, doubts, open_matters
from accounts.actors import Actor
from accounts.doubts import Doubt
from accounts.enums import TIPPING_OFF, Action, ActorKind, IdentityStatus, RestrictionKind
from accounts.exceptions import NotAllowed, PortalError, SecondPersonRequired
from accounts.journal import record
from accounts.models import Account, Restriction
from accounts.powers import LIFT, LIFT_HOLDS

# Lifted by settlement alone, which the core reports or the portal finds.
BY_ITSELF = frozenset({RestrictionKind.NEGATIVE_BALANCE})
SETTLED = "balance_settled"
PROPOSAL = ("lift_proposed_at", "lift_proposed_by")


class LiftRefused(PortalError):
    """The restriction does not stand as this needs it; nothing changed."""

    code = "lift_refused"


class NotProposed(LiftRefused):
    """Two people lift it, and the first has not proposed it."""

    def __init__(self) -> None:
        super().__init__(_("Nobody has proposed to lift it. Where two people lift it, propose it first."))


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Who proposed to lift, and when."""

    by: UUID
    at: datetime


def place(account: Account, kind: RestrictionKind, *, actor: Actor, note: str, now: datetime) -> Restriction:
    """Restrict a locked account and journal it; placing what already stands returns the one that stands."""
    if actor.kind not in {ActorKind.STAFF, ActorKind.SYSTEM, ActorKind.CORE}:
        raise NotAllowed(_("Only staff or the exchange core restrict an account."))
    standing = Restriction.objects.filter(account=account, kind=kind, lifted_at=None).first()
    if standing is not None:
        return standing
    person = actor.account_id if actor.kind is ActorKind.STAFF else None
    placed = Restriction.objects.create(
        account=account, kind=kind, placed_at=now, placed_by=actor.label, placer_id=person
    )
    tell(Action.RESTRICTION_PLACED, placed, actor=actor, reason=note, now=now)
    doubts.arise(account, Doubt.RESTRICTION, now=now)
    return placed


def lift(
    restriction_id: UUID, *, actor: Actor, reason: str, now: datetime, proposed: Proposal | None = None
) -> Restriction:
    """Lift one restriction; a legal or risk hold only as another of compliance proposed (A12).

    `proposed` is a proposal that is remembered elsewhere, in place of the row's own. The account row must be locked by
    the caller's transaction. Raises NotAllowed, SecondPersonRequired, LiftRefused for one that nobody proposed, or an
    unsupported region of somebody whose identity is not verified (K03).
    """
    standing = Restriction.objects.select_related("account").get(pk=restriction_id)
    kind = RestrictionKind(standing.kind)
    _check_lift(kind, actor)
    if standing.lifted_at is not None:
        return standing
    if actor.account_id == standing.account_id:
        raise SecondPersonRequired
    if kind is RestrictionKind.UNSUPPORTED_REGION and standing.account.identity_status != IdentityStatus.VERIFIED:
        raise LiftRefused(_("Their identity is not verified. Lift it once they are verified where they live now."))
    if proposed is not None:
        standing.lift_proposed_at, standing.lift_proposed_by = proposed.at, proposed.by
    if kind in TIPPING_OFF:
        _check_second(standing, actor)
        standing.lift_confirmed_by = actor.account_id
    standing.lifted_at, standing.lifted_by = now, actor.label
    standing.save(update_fields=[*PROPOSAL, "lift_confirmed_by", "lifted_at", "lifted_by"])
    tell(Action.RESTRICTION_LIFTED, standing, actor=actor, reason=reason, now=now)
    open_matters.end_overtaken(standing.account, now=now)
    if kind in BY_ITSELF:
        # Nobody was there to see it end.
        contacts.tell(contacts.current(standing.account), standing.account, SETTLED, {"at": now}, now=now)
    return standing


def propose_lift(restriction_id: UUID, *, actor: Actor, reason: str, now: datetime) -> Restriction:
    """Propose to lift a legal or risk hold; it stands until another of compliance lifts it. Raises as `lift`."""
    standing = check_for_two(restriction_id, actor)
    if standing.lift_proposed_by is not None:
        raise LiftRefused(_("Lifting it is proposed already."))
    standing.lift_proposed_at, standing.lift_proposed_by = now, actor.account_id
    standing.save(update_fields=PROPOSAL)
    tell(Action.LIFT_PROPOSED, standing, actor=actor, reason=reason, now=now)
    return standing


def ask_to_lift(standing: Restriction, *, actor: Actor, now: datetime) -> None:
    """Note that the core asks to lift what is not its to lift: whoever lifts it decides. The account is locked."""
    if actor.kind is not ActorKind.CORE:
        raise NotAllowed(_("Only the exchange core asks."))
    if standing.lift_asked_at is None:
        standing.lift_asked_at = now
        standing.save(update_fields=["lift_asked_at"])
        tell(Action.LIFT_ASKED, standing, actor=actor, reason="", now=now)


def drop_lift(restriction_id: UUID, *, actor: Actor, reason: str, now: datetime) -> Restriction:
    """Take a proposal to lift back, one's own, somebody else's or the core's: it stands as before. Raises as `lift`."""
    standing = _stands(restriction_id, actor)
    if standing.lift_proposed_by is None and standing.lift_asked_at is None:
        raise NotProposed
    standing.lift_proposed_at = standing.lift_proposed_by = standing.lift_asked_at = None
    standing.save(update_fields=[*PROPOSAL, "lift_asked_at"])
    tell(Action.LIFT_DROPPED, standing, actor=actor, reason=reason, now=now)
    return standing


def check_for_two(restriction_id: UUID, actor: Actor) -> Restriction:
    """Return a standing restriction that two people lift, after asking who acts; raises as `lift`."""
    standing = _stands(restriction_id, actor)
    if standing.kind not in TIPPING_OFF:
        raise LiftRefused(_("One person lifts this restriction."))
    return standing


def check_for_one(restriction_id: UUID, actor: Actor) -> Restriction:
    """Return a standing restriction that one person lifts, after asking who acts; raises as `lift`."""
    standing = _stands(restriction_id, actor)
    if standing.kind in TIPPING_OFF:
        raise LiftRefused(_("Two people lift this restriction."))
    return standing


def _stands(restriction_id: UUID, actor: Actor) -> Restriction:
    standing = Restriction.objects.select_related("account").get(pk=restriction_id)
    _check_lift(RestrictionKind(standing.kind), actor)
    if standing.lifted_at is not None:
        raise LiftRefused(_("This restriction is lifted."))
    if actor.account_id == standing.account_id:
        raise SecondPersonRequired
    return standing


def _check_second(standing: Restriction, actor: Actor) -> None:
    if standing.lift_proposed_by is None:
        raise NotProposed
    if actor.account_id in {standing.lift_proposed_by, standing.account_id}:
        raise SecondPersonRequired


def tell(action: Action, standing: Restriction, *, actor: Actor, reason: str, now: datetime) -> None:
    """Journal what became of a restriction; its account is locked and is `standing.account`."""
    told = {"kind": RestrictionKind(standing.kind).value, "restriction": str(standing.pk)}
    record(action, actor=actor, at=now, account=standing.account, data=told, note=reason or None)


def _check_lift(kind: RestrictionKind, actor: Actor) -> None:
    if kind in BY_ITSELF:
        if actor.kind not in {ActorKind.CORE, ActorKind.SYSTEM}:
            raise NotAllowed(_("Settlement lifts this restriction, by itself."))
        return
    if actor.kind is not ActorKind.STAFF:
        raise NotAllowed(_("Only staff lift this restriction."))
    if kind in TIPPING_OFF and not actor.may(LIFT_HOLDS):
        raise NotAllowed(_("Compliance lifts this restriction."))
    if not actor.may(LIFT):
        raise NotAllowed(_("Your role does not lift restrictions."))


def lifts_waiting() -> QuerySet[Restriction]:
    """Return the restrictions that one person, or the core, proposed to lift, longest waiting first."""
    proposed = Q(lift_proposed_at__isnull=False) | Q(lift_asked_at__isnull=False)
    since = Coalesce("lift_asked_at", "lift_proposed_at")
    return Restriction.objects.filter(proposed, lifted_at=None).order_by(since, "id")


def active(account_id: UUID) -> list[Restriction]:
    """Return the restrictions that stand, oldest first."""
    return list(Restriction.objects.filter(account_id=account_id, lifted_at=None).order_by("placed_at", "id"))
