"""Same key, same answer: a call that moves something is done once, however often a client repeats it."""

import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import keys
from accounts.exceptions import PortalError
from accounts.models import IdempotentAnswer

KEPT = timedelta(hours=24)
# Longer than any call may take: whoever claimed the key before that is gone.
GIVEN_UP = timedelta(seconds=60)
KEY_PURPOSE = "idempotency"


class KeyReused(PortalError):
    """The key was used for another body."""

    code = "idempotency_mismatch"

    def __init__(self) -> None:
        super().__init__(_("This Idempotency-Key belongs to a call with another body. Use a new key."))


class StillWorking(PortalError):
    """The first call with this key has not been answered yet."""

    code = "idempotency_in_progress"

    def __init__(self) -> None:
        super().__init__(_("The first call with this Idempotency-Key is still being worked on. Ask again."))


def claim(account_id: UUID, *, route: str, key: str, body: bytes, now: datetime) -> IdempotentAnswer:
    """Return the answer kept for a key (`http_status` set), or a fresh row (None) whose caller does the work.

    `route` is method and address. Raises KeyReused, StillWorking. A caller that died leaves its key claimable again
    after GIVEN_UP; the operation's own guards then decide what is left to do.
    """
    body_digest = _digest(account_id, "body", body)
    facts = {"account_id": account_id, "body_digest": body_digest, "created_at": now}
    with transaction.atomic():
        forget_old(now=now, account_id=account_id)
        row, made = IdempotentAnswer.objects.get_or_create(
            key_digest=_digest(account_id, route, key.encode()), defaults=facts
        )
    if made:
        return row
    if not hmac.compare_digest(bytes(row.body_digest), body_digest):
        raise KeyReused
    if row.http_status is None and not _take_over(row, now=now):
        raise StillWorking
    return row


def keep(row: IdempotentAnswer, *, http_status: int, answer: str) -> None:
    """Store the answer of a claimed key."""
    IdempotentAnswer.objects.filter(pk=row.pk, http_status=None).update(http_status=http_status, answer=answer)


def release(row: IdempotentAnswer) -> None:
    """Free a claimed key after a failure that says nothing about the call itself."""
    IdempotentAnswer.objects.filter(pk=row.pk, http_status=None).delete()


def forget_old(*, now: datetime, account_id: UUID | None = None) -> int:
    """Delete what is kept too long, of one account or of all; return how many."""
    old = IdempotentAnswer.objects.filter(created_at__lte=now - KEPT)
    if account_id is not None:
        old = old.filter(account_id=account_id)
    return old.delete()[0]


def _take_over(row: IdempotentAnswer, *, now: datetime) -> bool:
    abandoned = IdempotentAnswer.objects.filter(pk=row.pk, http_status=None, created_at__lte=now - GIVEN_UP)
    return abandoned.filter(created_at=row.created_at).update(created_at=now) == 1


def _digest(account_id: UUID, place: str, content: bytes) -> bytes:
    bound = b"\x00".join((account_id.bytes, place.encode(), content))
    return hmac.digest(keys.derive(KEY_PURPOSE, keys.newest_version()), bound, hashlib.sha256)
