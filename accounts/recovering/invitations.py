"""Invitations: where documents stand for the proof that somebody cannot give any more (decision 28).

The password was killed after staff had looked at documents, or two of staff let it be so in a case: then a mailed link
alone begins a recovery, or a reactivation, and all that follows is as ever. One at most is open for an account.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.actors import Actor
from accounts.enums import TIPPING_OFF, FactorKind, InvitationCause, InvitedTo, RestrictionKind
from accounts.journal import record
from accounts.models import DEVICE_CLASSES, Account, RecoveryInvitation, Restriction
from accounts.recovering import caution

SYSTEM = Actor.system("invitation")
# By staff in a case; and with a password that died after documents were seen.
BY_STAFF, GRANTED = timedelta(days=7), timedelta(days=30)
# What was begun in time is gone on with so long: reviews take days, and better photos are waited for.
CARRIED = timedelta(days=60)
GRANT, USED, END = "invitation.granted", "invitation.used", "invitation.ended"
EXPIRED, IDLE, DONE, RESET, REPORTED, HELD = "expired", "idle", "used", "password_reset", "reported", "held"
AT_ONCE = 200
# What proves something where a password is reset or a recovery is begun.
PROVING = frozenset({FactorKind.EMAIL, FactorKind.SMS, FactorKind.TOTP, FactorKind.PASSKEY})
ALARMS = TIPPING_OFF | {RestrictionKind.FRAUD_ALERT}


def open_of(account_id: UUID) -> RecoveryInvitation | None:
    """Return the invitation of an account that has not ended, proposed or confirmed, its time over or not."""
    return RecoveryInvitation.objects.filter(account_id=account_id, ended_at=None).select_related("case").first()


def standing(
    account: Account, opens: InvitedTo, *, begun_id: UUID | None = None, now: datetime
) -> RecoveryInvitation | None:
    """Return what lets a link alone stand now, None where nothing does.

    `begun_id` is what is gone on with: that may take longer than beginning. Nothing stands beside a fraud alert or a
    hold, nor after one that was placed since.
    """
    row = open_of(account.pk)
    if row is None or row.opens != opens or row.expires_at is None:
        return None
    until = row.expires_at + CARRIED if begun_id is not None and row.begun_id == begun_id else row.expires_at
    if now >= until or caution.is_due(account) or _alarmed().filter(pk=row.pk).exists():
        return None
    return row


def note_use(row: RecoveryInvitation, begun_id: UUID, *, account: Account, actor: Actor, now: datetime) -> None:
    """Note what was begun on it, in the transaction that begins it, with the account locked."""
    row.begun_id = begun_id
    row.save(update_fields=["begun_id"])
    told = {"invitation": str(row.pk), "opens": row.opens, "begun": str(begun_id)}
    record(USED, actor=actor, at=now, account=account, data=told)


def is_behind(begun_id: UUID) -> bool:
    """Tell whether something was begun on an invitation: nothing but a link, and documents, says who asked."""
    return RecoveryInvitation.objects.filter(begun_id=begun_id).exists()


def grant(account: Account, cause: InvitationCause, *, actor: Actor, now: datetime) -> None:
    """Let documents stand for a recovery of a locked account whose password dies now, after staff have seen some.

    Where one contact is all that proves anything, a link to it resets the password, and nothing is needed.
    """
    end_open(account, why=DONE, actor=SYSTEM, now=now)
    kinds = [each for each in DEVICE_CLASSES if each.kind in PROVING]
    if sum(each.objects.filter(user=account, confirmed=True).exists() for each in kinds) < 2:
        return
    row = RecoveryInvitation.objects.create(
        account=account, opens=InvitedTo.RECOVER, cause=cause, created_at=now, expires_at=now + GRANTED
    )
    told = {"invitation": str(row.pk), "cause": row.cause, "until": (now + GRANTED).isoformat()}
    record(GRANT, actor=actor, at=now, account=account, data=told)


def end_open(account: Account, *, why: str, actor: Actor, now: datetime, note: str = "") -> bool:
    """End what is open for a locked account, by a code, and tell whether anything was."""
    row = RecoveryInvitation.objects.select_for_update().filter(account=account, ended_at=None).first()
    if row is None:
        return False
    row.ended_at, row.end_reason = now, why
    row.save(update_fields=["ended_at", "end_reason"])
    told = {"invitation": str(row.pk), "why": why}
    record(END, actor=actor, at=now, account=account, data=told, note=note.strip() or None)
    return True


def lapse(*, now: datetime) -> int:
    """End what its time, an alert or a hold has ended; returns how many. Safe to run again, and by two at once."""
    carried = Q(begun_id__isnull=False, expires_at__lte=now - CARRIED)
    over = {
        EXPIRED: Q(begun_id=None, expires_at__lte=now) | carried,
        IDLE: Q(expires_at=None, created_at__lte=now - BY_STAFF),
        HELD: Q(pk__in=_alarmed().values("pk")),
    }
    return sum(_lapse(condition, why, now=now) for why, condition in over.items())


def _lapse(condition: Q, why: str, *, now: datetime) -> int:
    found = RecoveryInvitation.objects.filter(condition, ended_at=None).order_by("id")
    ended = 0
    for owner_id in list(found.values_list("account_id", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            account = Account.objects.select_for_update().get(pk=owner_id)
            if RecoveryInvitation.objects.filter(condition, account=account, ended_at=None).exists():
                ended += end_open(account, why=why, actor=SYSTEM, now=now)
    return ended


def _alarmed() -> QuerySet[RecoveryInvitation]:
    """Return open ones against which an alert or a hold was placed since, lifted or not."""
    placed = Restriction.objects.filter(
        account_id=OuterRef("account_id"), kind__in=sorted(ALARMS), placed_at__gte=OuterRef("created_at")
    )
    return RecoveryInvitation.objects.filter(Exists(placed), ended_at=None)
