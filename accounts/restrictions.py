"""Places and lifts restrictions. Who may lift which is asked here; two-person lifting comes with holds.

Under a failed verification nothing is withdrawn until staff release it (docs/lifecycle.md).
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import contacts
from accounts.actors import Actor
from accounts.enums import Action, ActorKind, RestrictionKind, Role
from accounts.exceptions import NotAllowed, ReasonRequired
from accounts.journal import record
from accounts.models import Account, Restriction

# To customers these four are one sentence: never the kind, authority, case or date (tipping-off).
TIPPING_OFF = frozenset(
    {
        RestrictionKind.COMPLIANCE_REVIEW,
        RestrictionKind.SECURITY_INVESTIGATION,
        RestrictionKind.RISK_CONTROL,
        RestrictionKind.JUDICIAL_FREEZE,
    }
)
# Long enough to withdraw in parts under a daily limit, and no standing permission.
RELEASED_FOR = timedelta(days=7)
RELEASED = "withdrawals_released"
BY_ITSELF = frozenset({RestrictionKind.NEGATIVE_BALANCE})


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


def lift(restriction_id: UUID, *, actor: Actor, reason: str, now: datetime) -> Restriction:
    """Lift one restriction; raises NotAllowed. Legal and risk holds need compliance; the core lifts only settlement.

    The account row must be locked by the caller's transaction.
    """
    standing = Restriction.objects.select_related("account").get(pk=restriction_id)
    kind = RestrictionKind(standing.kind)
    _check_lift(kind, actor)
    if standing.lifted_at is not None:
        return standing
    Restriction.objects.filter(pk=standing.pk, lifted_at=None).update(lifted_at=now, lifted_by=actor.label)
    standing.lifted_at, standing.lifted_by = now, actor.label
    record(
        Action.RESTRICTION_LIFTED,
        actor=actor,
        at=now,
        account=standing.account,
        data={"kind": kind.value, "restriction": str(standing.pk)},
        note=reason or None,
    )
    return standing


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
    if kind in TIPPING_OFF and Role.COMPLIANCE not in actor.roles:
        raise NotAllowed(_("Compliance lifts this restriction."))
    if not _decides(actor):
        raise NotAllowed(_("Your role does not lift restrictions."))


def active(account_id: UUID) -> list[Restriction]:
    """Return the restrictions that stand, oldest first."""
    return list(Restriction.objects.filter(account_id=account_id, lifted_at=None).order_by("placed_at", "id"))
