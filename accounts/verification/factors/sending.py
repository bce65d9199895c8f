"""Sends one-time codes: at most one is live for a device and step-up, and sending has limits of its own."""

from datetime import datetime, timedelta
from types import ModuleType
from uuid import UUID

from accounts import codes, keys
from accounts.enums import FactorKind, Purpose
from accounts.exceptions import TooManyAttempts
from accounts.messages import limits, outbox
from accounts.models import Account, BaseDevice, OneTimeCode, StepUp
from accounts.verification.factors import email, sms

LIFE = timedelta(minutes=10)
# A second press within this time changes nothing: the code is on its way.
APART = timedelta(seconds=30)
SENDS_PER_STEP_UP = 5
SENDS_PER_HOUR = 20
HOUR = timedelta(hours=1)

SENDERS: dict[FactorKind, ModuleType] = {FactorKind.EMAIL: email, FactorKind.SMS: sms}
TEMPLATES = {Purpose.SIGN_IN: "sign_in_code", Purpose.CLOSE_ACCOUNT: "closing_code"}
OTHER_TEMPLATE = "confirmation_code"


def spend(device: BaseDevice, account: Account, *, now: datetime) -> None:
    """Count the message that a factor needs; raises TooManyAttempts, NotAllowed. Not inside a transaction."""
    sender = SENDERS.get(device.kind)
    to = sender.contact(account) if sender else None
    if sender is not None and to is not None:
        limits.spend(sender.CHANNEL, to, known=True, now=now)


def send_code(step_up: StepUp, device: BaseDevice, account: Account, *, now: datetime) -> None:
    """Make a code, replace the one before and queue its message; raises TooManyAttempts.

    Runs in the caller's transaction with the step-up's row locked. Does nothing for factors that need no message and
    for a press within APART of the last.
    """
    sender = SENDERS.get(device.kind)
    to = sender.contact(account) if sender else None
    if sender is None or to is None:
        return
    of_device = OneTimeCode.objects.filter(device_id=device.id)
    of_step_up = of_device.filter(step_up_id=step_up.pk)
    if of_step_up.filter(used_at=None, created_at__gt=now - APART).exists():
        return
    if of_step_up.count() >= SENDS_PER_STEP_UP:
        # The next verification has sends of its own.
        raise TooManyAttempts(step_up.expires_at)
    if of_device.filter(created_at__gt=now - HOUR).count() >= SENDS_PER_HOUR:
        raise TooManyAttempts(now + HOUR)
    of_step_up.filter(used_at=None).update(used_at=now)
    code = codes.new_code()
    keep(step_up, device.id, code, now=now)
    outbox.enqueue(
        account_id=account.pk,
        template=TEMPLATES.get(Purpose(step_up.purpose), OTHER_TEMPLATE),
        channel=sender.CHANNEL,
        to=to,
        language=account.language,
        context={"code": code, "minutes": int(LIFE.total_seconds() // 60)},
        now=now,
    )


def forget_old(*, now: datetime) -> int:
    """Delete codes that ran out long ago; return how many."""
    return OneTimeCode.objects.filter(expires_at__lte=now - HOUR).delete()[0]


def keep(step_up: StepUp, device_id: UUID, code: str, *, now: datetime) -> OneTimeCode:
    """Keep the digest of a code, or of a passkey's challenge, for one device of one verification."""
    row = OneTimeCode(
        account_id=step_up.account_id,
        device_id=device_id,
        step_up_id=step_up.pk,
        purpose=step_up.purpose,
        created_at=now,
        expires_at=now + LIFE,
    )
    row.digest = row.digest_of(code, keys.newest_version())
    row.save()
    return row
