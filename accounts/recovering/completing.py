"""A recovery takes effect: what was lost is taken away, every session ends, the password has to be reset by a link.

What is left is what the owner shows up with: the mailbox or the phone. Who has only the mailbox signs in with it and
adds a factor; withdrawals are held meanwhile (J03, J04).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import closing, contact_change, lockout, passwords
from accounts.actors import Actor
from accounts.enums import Action, FactorKind, InvitationCause, MessageChannel, RecoveryAction, RecoveryState
from accounts.identifiers import IdentifierTaken
from accounts.journal import record
from accounts.models import DEVICE_CLASSES, Account, EmailDevice, FactorRecovery, SmsDevice
from accounts.recovering import beginning, ending, invitations, lifecycle, notices
from accounts.verification import recovery

CONTACT = "contact_taken"
CONTACT_DEVICES = {FactorKind.EMAIL: EmailDevice, FactorKind.SMS: SmsDevice}


def complete(recovery_id: UUID, *, now: datetime) -> bool:
    """Carry out a recovery whose delay is over; False where it is not due, waits for a closure, or has ended instead.

    One whose account cannot be signed in to any more, whose case staff resolved, against which a fraud alert or a hold
    stands, or whose new contact is somebody else's by now, ends.
    """
    with transaction.atomic():
        account, row = lifecycle.lock(recovery_id)
        if row.state != RecoveryState.WAITING or row.due_at is None or row.due_at > now:
            return False
        against = ending.obstacle(row, account)
        if against:
            ending.end(row, account, why=against, actor=ending.GUARD, now=now)
            return False
        if closing.is_open(account):
            return False  # what proves who asks stays as it is until that ends (A13)
        try:
            with transaction.atomic():
                _carry_out(row, account, now=now)
        except IdentifierTaken:
            account.refresh_from_db()
            ending.end(row, account, why=CONTACT, actor=ending.GUARD, now=now)
            return False
    return True


def _carry_out(row: FactorRecovery, account: Account, *, now: datetime) -> None:
    if row.new_kind:
        value = beginning.new_contact_of(row)
        contact_change.put(account, MessageChannel(row.new_kind), value, actor=ending.GUARD, now=now)
    _take_away(account, {FactorKind(kind) for kind in row.lost}, actor=ending.GUARD, now=now)
    # Staff have looked: a contact that reset the password before counts again, where it is not the lost one.
    for device_class in CONTACT_DEVICES.values():
        device_class.objects.filter(user=account).update(barred_until=None)
    passwords.kill(account, now=now)
    # What was not said to be lost may be lost too, and with it what resets the password.
    invitations.grant(account, InvitationCause.RECOVERED, actor=ending.GUARD, now=now)
    lockout.end_sessions(account, now=now)
    until = recovery.hold_withdrawals(account, now=now)
    data = {"held_until": until.isoformat()}
    lifecycle.apply(row, RecoveryAction.COMPLETE, actor=ending.GUARD, now=now, account=account, told=data)
    notices.tell(row, account, now=now)


def _take_away(account: Account, lost: set[FactorKind], *, actor: Actor, now: datetime) -> None:
    """Delete devices of the lost kinds; contacts have been replaced. Backup codes lay where the lost device lay."""
    gone = {*lost, FactorKind.BACKUP} - set(CONTACT_DEVICES)
    for device_class in DEVICE_CLASSES:
        if device_class.kind not in gone:
            continue
        rows: Any = device_class.objects.filter(user=account)
        for device in rows.order_by("id"):
            if device.confirmed:
                data = {"factor": device.kind.value, "device": str(device.pk)}
                record(Action.FACTOR_REMOVED, actor=actor, at=now, account=account, data=data)
        rows.delete()
