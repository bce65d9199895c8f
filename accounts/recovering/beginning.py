"""Beginning a recovery: what was lost, said once and not changed afterwards, and the case that it is reviewed in."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import case_opening, closing, contacts, identifiers, sealed
from accounts.enums import CaseKind, FactorKind, IdentifierKind, InvitedTo, MessageChannel
from accounts.exceptions import NotAllowed
from accounts.messages import limits
from accounts.models import DEVICE_CLASSES, Account, FactorRecovery, RecoveryInvitation
from accounts.recovering import invitations, lifecycle
from accounts.recovering.session import Visit
from accounts.recovering.table import LOSABLE
from accounts.verification import attempts

SEAL_PURPOSE = "recovery-contact"
BUDGET = "recovery"
CONTACTS = {
    FactorKind.EMAIL: (MessageChannel.EMAIL, IdentifierKind.EMAIL),
    FactorKind.SMS: (MessageChannel.SMS, IdentifierKind.PHONE),
}


def losable(visit: Visit) -> list[FactorKind]:
    """Return the kinds that the account has and that can be said to be lost: not the one that the link came by."""
    there = {
        device_class.kind
        for device_class in DEVICE_CLASSES
        if device_class.objects.filter(user=visit.account, confirmed=True).exists()
    }
    return [kind for kind in LOSABLE if kind in there and kind is not visit.carried_by]


def begin(visit: Visit, lost: Collection[FactorKind], *, new_contact: str, text: str, now: datetime) -> FactorRecovery:
    """Open the case and the draft. Not inside a transaction.

    Who lost the mailbox or the phone says which one takes its place: without it the account would have none. Raises
    NotAllowed (not proven, nothing lost, or not to be lost here), BadIdentifier, RecoveryRefused, TooManyAttempts.
    """
    kinds = _lost(visit, lost)
    gone = next((CONTACTS[kind] for kind in kinds if kind in CONTACTS), None)
    value = _read(visit.account, gone, new_contact) if gone else None
    attempts.spend(visit.account.pk, BUDGET, now=now)
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=visit.account.pk)
        if not account.is_active or not contacts.current(account):
            raise NotAllowed(_("This is not possible now."))
        closing.check_none_open(account)
        invitation = _invitation(visit, account, now=now)
        gone_kinds = [kind.value for kind in kinds]
        case = case_opening.open_locked(
            account, CaseKind.LOST_FACTOR, text, actor=visit.actor, lost=gone_kinds, now=now
        )
        row = lifecycle.start(
            account, case, carried_by=visit.channel, given=visit.given, lost=gone_kinds, actor=visit.actor, now=now
        )
        if gone and value:
            row.new_kind = gone[0]
            row.new_value = sealed.seal(value.encode(), purpose=SEAL_PURPOSE, bound_to=_bound_to(row))
            row.save(update_fields=["new_kind", "new_value"])
        if invitation is not None:
            invitations.note_use(invitation, row.pk, account=account, actor=visit.actor, now=now)
    return row


def new_contact_of(row: FactorRecovery) -> str:
    """Return the contact that takes the place of the lost one, in plain; empty where there is none."""
    if row.new_value is None:
        return ""
    return sealed.open_sealed(bytes(row.new_value), purpose=SEAL_PURPOSE, bound_to=_bound_to(row)).decode()


def _lost(visit: Visit, said: Collection[FactorKind]) -> list[FactorKind]:
    """Return what is taken off: what was said, and on an invitation whatever could have been given and was not.

    What stayed on the account then would be asked for where the new password is chosen.
    """
    there = losable(visit)
    kinds = [kind for kind in there if kind in said or (visit.invited and kind not in CONTACTS)]
    if not visit.proven or not kinds or set(said) - set(there):
        raise NotAllowed(_("Choose what you have lost."))
    return kinds


def _invitation(visit: Visit, account: Account, *, now: datetime) -> RecoveryInvitation | None:
    """Return the invitation on which a locked account's recovery begins; None where something was proven."""
    if not visit.invited:
        return None
    found = invitations.standing(account, InvitedTo.RECOVER, now=now)
    if found is None:
        raise NotAllowed(_("This is not possible now."))
    return found


def _read(account: Account, gone: tuple[MessageChannel, IdentifierKind], typed: str) -> str:
    channel, kind = gone
    value = identifiers.normalize(kind, typed.strip())
    if value in {account.email, account.phone}:
        raise NotAllowed(_("This is the contact that we have already."))
    if channel is MessageChannel.SMS:
        limits.check_country(value)
    return value


def _bound_to(row: FactorRecovery) -> str:
    return f"accounts_factorrecovery/{row.pk}"
