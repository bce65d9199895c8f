"""Places and lifts restrictions: who may lift which is asked here, and that two of compliance lift what they must.

Under a failed verification nothing is withdrawn until staff release it (docs/lifecycle.md).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import contacts
from accounts.actors import Actor
from accounts.enums import TIPPING_OFF, Action, ActorKind, RestrictionKind, Role
from accounts.exceptions import NotAllowed, PortalError, ReasonRequired, SecondPersonRequired
from accounts.journal import record
from accounts.models import Account, Restriction

# Long enough to withdraw in parts under a daily limit, and no standing permission.
RELEASED_FOR = timedelta(days=7)
RELEASED = "withdrawals_released"
BY_ITSELF = frozenset({RestrictionKind.NEGATIVE_BALANCE})
PROPOSAL = ("lift_proposed_at", "lift_proposed_by")


class LiftRefused(PortalError):
    """The restriction does not stand as this needs it; nothing changed."""

    code = "lift_refused"


class NotProposed(LiftRefused):
    """Two people lift it, and the first has not proposed it."""

    def __init__(self) -> None:
        super().__init__(_("Two people lift it: propose it first."))


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
    placed = Restriction.objects.create(account=account, kind=kind, placed_at=now, placed_by=actor.label)
    record(
        Action.RESTRICTION_PLACED,
        actor=actor,
        at=now,
        account=account,
        data={"kind": kind.value, "restriction": str(placed.pk)},
        note=note or None,
    )
    return placed


def lift(
    restriction_id: UUID, *, actor: Actor, reason: str, now: datetime, proposed: Proposal | None = None
) -> Restriction:
    """Lift one restriction; a legal or risk hold only as another of compliance proposed (A12).

    `proposed` is a proposal that is remembered elsewhere, in place of the row's own. The account row must be locked by
    the caller's transaction. Raises NotAllowed, SecondPersonRequired, LiftRefused for one that nobody proposed.
    """
    standing = Restriction.objects.select_related("account").get(pk=restriction_id)
    kind = RestrictionKind(standing.kind)
    _check_lift(kind, actor)
    if standing.lifted_at is not None:
        return standing
    if proposed is not None:
        standing.lift_proposed_at, standing.lift_proposed_by = proposed.at, proposed.by
    if kind in TIPPING_OFF:
        _check_second(standing, actor)
        standing.lift_confirmed_by = actor.account_id
    standing.lifted_at, standing.lifted_by = now, actor.label
    standing.save(update_fields=[*PROPOSAL, "lift_confirmed_by", "lifted_at", "lifted_by"])
    _tell(Action.RESTRICTION_LIFTED, standing, actor=actor, reason=reason, now=now)
    return standing


def propose_lift(restriction_id: UUID, *, actor: Actor, reason: str, now: datetime) -> Restriction:
    """Propose to lift a legal or risk hold; it stands until another of compliance lifts it. Raises as `lift`."""
    standing = check_for_two(restriction_id, actor)
    if standing.lift_proposed_by is not None:
        raise LiftRefused(_("Lifting it is proposed already."))
    standing.lift_proposed_at, standing.lift_proposed_by = now, actor.account_id
    standing.save(update_fields=PROPOSAL)
    _tell(Action.LIFT_PROPOSED, standing, actor=actor, reason=reason, now=now)
    return standing


def drop_lift(restriction_id: UUID, *, actor: Actor, reason: str, now: datetime) -> Restriction:
    """Take a proposal to lift back, one's own or somebody else's: it stands as before. Raises as `lift`."""
    standing = check_for_two(restriction_id, actor)
    if standing.lift_proposed_by is None:
        raise NotProposed
    standing.lift_proposed_at = standing.lift_proposed_by = None
    standing.save(update_fields=PROPOSAL)
    _tell(Action.LIFT_DROPPED, standing, actor=actor, reason=reason, now=now)
    return standing


def check_for_two(restriction_id: UUID, actor: Actor) -> Restriction:
    """Return a standing restriction that two people lift, after asking who acts; raises as `lift`."""
    standing = Restriction.objects.select_related("account").get(pk=restriction_id)
    kind = RestrictionKind(standing.kind)
    _check_lift(kind, actor)
    if kind not in TIPPING_OFF:
        raise LiftRefused(_("One person lifts this restriction."))
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


def _tell(action: Action, standing: Restriction, *, actor: Actor, reason: str, now: datetime) -> None:
    told = {"kind": RestrictionKind(standing.kind).value, "restriction": str(standing.pk)}
    record(action, actor=actor, at=now, account=standing.account, data=told, note=reason or None)


def can_release(actor: Actor, restriction: Restriction) -> bool:
    """Tell whether this person may let the owner withdraw: a failed verification that stands, of somebody else."""
    stands = restriction.kind == RestrictionKind.FAILED_VERIFICATION and restriction.lifted_at is None
    return stands and _decides(actor) and actor.account_id != restriction.account_id


def release_withdrawals(restriction_id: UUID, *, actor: Actor, reason: str, now: datetime) -> Restriction:
    """Let the owner withdraw for RELEASED_FOR under a failed verification that stands; trading stays stopped.

    Asked again it counts from now. Tells the owner, in the same transaction. Raises NotAllowed, ReasonRequired.
    """
    if not reason.strip():
        raise ReasonRequired
    with transaction.atomic():
        owner_id = Restriction.objects.values_list("account_id", flat=True).get(pk=restriction_id)
        account = Account.objects.select_for_update().get(pk=owner_id)
        standing = Restriction.objects.get(pk=restriction_id)
        if not can_release(actor, standing):
            raise NotAllowed(_("Only staff release withdrawals, and only under a failed verification that stands."))
        standing.withdrawals_until, standing.released_by = now + RELEASED_FOR, actor.label
        standing.save(update_fields=["withdrawals_until", "released_by"])
        told = {"restriction": str(standing.pk), "until": standing.withdrawals_until.isoformat()}
        record(Action.WITHDRAWALS_RELEASED, actor=actor, at=now, account=account, data=told, note=reason)
        contacts.tell(contacts.current(account), account, RELEASED, {"until": standing.withdrawals_until}, now=now)
    return standing


def _decides(actor: Actor) -> bool:
    return actor.kind is ActorKind.STAFF and bool(actor.roles & {Role.AGENT, Role.LEAD, Role.COMPLIANCE})


def _check_lift(kind: RestrictionKind, actor: Actor) -> None:
    if kind in BY_ITSELF and actor.kind in {ActorKind.CORE, ActorKind.SYSTEM}:
        return
    if actor.kind is not ActorKind.STAFF:
        raise NotAllowed(_("Only staff lift this restriction."))
    if kind in TIPPING_OFF and not actor.is_compliance:
        raise NotAllowed(_("Compliance lifts this restriction."))
    if not _decides(actor):
        raise NotAllowed(_("Your role does not lift restrictions."))


def lifts_waiting() -> QuerySet[Restriction]:
    """Return the restrictions that one person proposed to lift, longest waiting first."""
    waiting = Restriction.objects.filter(lift_proposed_at__isnull=False, lifted_at=None)
    return waiting.order_by("lift_proposed_at", "id")


def active(account_id: UUID) -> list[Restriction]:
    """Return the restrictions that stand, oldest first."""
    return list(Restriction.objects.filter(account_id=account_id, lifted_at=None).order_by("placed_at", "id"))
