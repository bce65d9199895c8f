"""Codes to a contact that is to become an account's: so that it is one, and theirs, before anything changes.

Whether somebody else has it shows in nothing but its own inbox (invariant 17).
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from accounts import blocked, codes, identifiers, keys
from accounts.enums import MessageChannel, Purpose
from accounts.exceptions import NotAllowed
from accounts.messages import late, outbox
from accounts.messages.payload import Payload
from accounts.models import Account, OneTimeCode, OutboxMessage

CODE = "contact_code"
LIVES = timedelta(minutes=10)
MOST = 5


def send(subject_id: UUID, owner: Account, channel: MessageChannel, to: str, *, now: datetime) -> None:
    """Send a code for one change, in place of the one before; raises NotAllowed after MOST of them.

    In the caller's transaction, with the account locked.
    """
    mine = OneTimeCode.objects.filter(device_id=subject_id)
    if mine.count() >= MOST:
        raise NotAllowed(_("We sent all the codes that we may. Start the change again."))
    mine.filter(used_at=None).update(used_at=now)
    code = codes.new_code()
    row = OneTimeCode(
        account=owner,
        device_id=subject_id,
        step_up_id=subject_id,
        purpose=Purpose.CONFIRM_CONTACT,
        created_at=now,
        expires_at=now + LIVES,
    )
    row.digest = row.digest_of(code, keys.newest_version())
    row.save()
    outbox.enqueue(
        account_id=owner.pk,
        template=CODE,
        channel=channel,
        to=to,
        language=owner.language,
        context={"code": code, "minutes": int(LIVES.total_seconds() // 60), "owner": str(owner.pk)},
        now=now,
    )


def spend(subject_id: UUID, typed: str, *, now: datetime) -> bool:
    """Spend the live code of a change by compare-and-set, if this is it."""
    code = codes.clean(typed)
    live = OneTimeCode.objects.filter(device_id=subject_id, used_at=None, expires_at__gt=now)
    row = live.filter(created_at__lte=now + codes.SKEW).order_by("-created_at").first()
    if row is None or not code or not row.matches(code):
        return False
    return OneTimeCode.objects.filter(pk=row.pk, used_at=None).update(used_at=now) == 1


def complete(message: OutboxMessage, said: Payload, *, now: datetime) -> Payload | None:  # noqa: ARG001
    """Send a code to nobody who has an account of their own here, or whose contact can still be taken back."""
    facts = {name: value for name, value in said.context.items() if name != "owner"}
    kind, normal = identifiers.read(said.to)
    taken = identifiers.is_taken(UUID(str(said.context["owner"])), kind, normal, now=now)
    if taken or blocked.until(kind, normal, now=now) is not None:
        return None
    return Payload(to=said.to, language=said.language, context=facts)


def plug() -> None:
    """Complete these messages when they are sent (accounts.apps)."""
    late.plug(CODE, complete)
