"""Under a failed verification nothing is withdrawn until staff release it (docs/lifecycle.md, K04)."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import contacts
from accounts.actors import Actor
from accounts.enums import Action, RestrictionKind
from accounts.exceptions import NotAllowed, ReasonRequired
from accounts.journal import record
from accounts.models import Account, Restriction
from accounts.powers import LIFT

# Long enough to withdraw in parts under a daily limit, and no standing permission.
RELEASED_FOR = timedelta(days=7)
RELEASED = "withdrawals_released"


def can_release(actor: Actor, restriction: Restriction) -> bool:
    """Tell whether this person may let the owner withdraw: a failed verification that stands, of somebody else."""
    stands = restriction.kind == RestrictionKind.FAILED_VERIFICATION and restriction.lifted_at is None
    return stands and actor.may(LIFT) and actor.account_id != restriction.account_id


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
