"""The outbox: messages are written with the change that causes them and sent by the worker, each until it arrives.

Rows decide, the queue only wakes: a sender claims by compare-and-set, counts the attempt before the work, and a process
that dies in between leaves a row that comes due again.
"""

import logging
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.enums import AccountStatus, Delivery, MessageChannel
from accounts.ids import uuid7
from accounts.messages import anti_phishing, bounces, dead_letters, kept, late, payload, wake
from accounts.messages.errors import SendFailed
from accounts.messages.payload import Payload
from accounts.messages.render import render
from accounts.messages.senders import email, sms
from accounts.models import Account, OutboxMessage
from accounts.sealed import Unreadable

logger = logging.getLogger(__name__)
MAX_ATTEMPTS = 8
SENDER_DIED = "sender_died"
# A task of the queue ends well before its time limit (docs/decisions/0002); what is left waits for the next look.
WORK_SECONDS = 8.0
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
WAIT_GROWTH = 3
LAST_MAIL_LIFE = timedelta(hours=72)

SENDERS = {MessageChannel.EMAIL: email, MessageChannel.SMS: sms}


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What one run did."""

    sent: int = 0
    failed: int = 0


def enqueue(
    *,
    account_id: Any,
    template: str,
    channel: MessageChannel,
    to: str,
    language: str,
    context: Mapping[str, Any],
    now: datetime,
) -> OutboxMessage:
    """Queue a message inside the caller's transaction and wake the sender; `context` holds texts, numbers and times."""
    message_id = uuid7()
    message = OutboxMessage.objects.create(
        id=message_id,
        account_id=account_id,
        channel=channel,
        template=template,
        payload=payload.close(Payload(to=to, language=language, context=context), message_id),
        created_at=now,
        due_at=now,
    )
    wake.hint()
    return message


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One of many messages of one kind: to whom, and what it says."""

    account: Account
    channel: MessageChannel
    to: str
    context: Mapping[str, Any]


def enqueue_bulk(letters: Sequence[Letter], *, template: str, now: datetime) -> None:
    """Queue many messages inside the caller's transaction; they leave after those that somebody waits for."""
    rows = [
        OutboxMessage(
            account_id=letter.account.pk,
            channel=letter.channel,
            template=template,
            created_at=now,
            due_at=now,
            in_bulk=True,
        )
        for letter in letters
    ]
    for row, letter in zip(rows, letters, strict=True):
        said = Payload(to=letter.to, language=letter.account.language, context=letter.context)
        row.payload = payload.close(said, row.pk)
    OutboxMessage.objects.bulk_create(rows)
    if rows:
        wake.hint()


def due(now: datetime) -> QuerySet[OutboxMessage]:
    """Return the messages to send now, oldest first and those in bulk last; a channel without a provider waits."""
    ready = [channel for channel, sender in SENDERS.items() if sender.is_configured()]
    return OutboxMessage.objects.filter(state=Delivery.QUEUED, due_at__lte=now, channel__in=ready).order_by(
        "in_bulk", "due_at"
    )


def send_due(*, now: datetime, limit: int = 100) -> Sent:
    """Send at most `limit` messages that are due, for some seconds; must not run inside a transaction."""
    wipe_left_over(now=now)
    dead_letters.wipe_old(now=now)
    kept.wipe_old(now=now)
    sent = failed = 0
    ends = time.monotonic() + WORK_SECONDS
    for message in due(now)[:limit]:
        if time.monotonic() >= ends:
            break
        if not _claim(message, now=now):
            continue
        if _deliver(message, now=now):
            sent += 1
        else:
            failed += 1
    return Sent(sent=sent, failed=failed)


def next_retry(after: datetime) -> datetime | None:
    """Return when the first message comes due, later than `after`, that was tried before."""
    tried = OutboxMessage.objects.filter(state=Delivery.QUEUED, attempts__gt=0, due_at__gt=after)
    return tried.order_by("due_at").values_list("due_at", flat=True).first()


def wipe_left_over(*, now: datetime) -> int:
    """Delete what could not be delivered in 72 h to closed accounts and to nobody we know (invariant 10)."""
    closed = Account.objects.filter(status=AccountStatus.CLOSED).values("pk")
    nobodys = Q(account_id__in=closed) | Q(account_id=None)
    return OutboxMessage.objects.filter(nobodys, created_at__lte=now - LAST_MAIL_LIFE).delete()[0]


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after the given number of attempts: 10 s, 30 s, 90 s ... at most an hour."""
    return min(LONGEST_WAIT, FIRST_WAIT * int(WAIT_GROWTH ** (attempts - 1)))


def _claim(message: OutboxMessage, *, now: datetime) -> bool:
    """Count the attempt and move the row out of reach of others, before the work."""
    if message.attempts >= MAX_ATTEMPTS:
        # Failures end at their last attempt, so this one killed its sender each time.
        logger.error("message %s (%s): %s", message.pk, message.template, SENDER_DIED)
        _finish(message, Delivery.FAILED, error=SENDER_DIED, now=now)
        return False
    counted = message.attempts + 1
    mine = OutboxMessage.objects.filter(
        pk=message.pk, state=Delivery.QUEUED, attempts=message.attempts, due_at=message.due_at
    )
    if mine.update(attempts=counted, due_at=now + wait_after(counted)) != 1:
        return False
    message.attempts = counted
    return True


def _deliver(message: OutboxMessage, *, now: datetime) -> bool:
    try:
        said = payload.unseal(bytes(message.payload or b""), message.pk)
        opened = late.complete(message, said, now=now)
        if opened is None:
            _finish(message, Delivery.SENT, error="", now=now)
            return True
        channel = MessageChannel(message.channel)
        bounces.check(channel, opened.to, now=now)
        words = render(
            message.template,
            channel=channel,
            language=opened.language,
            context=anti_phishing.add(opened, message.account_id),
        )
        box = kept.box(message, said, opened)
        SENDERS[channel].send(message.pk, to=opened.to, words=words, now=now)
    except Exception as error:  # noqa: BLE001  (one message that cannot be made must not keep all others waiting)
        _note_failure(message, error, now=now)
        return False
    _finish(message, Delivery.SENT, error="", now=now, box=box)
    return True


def _note_failure(message: OutboxMessage, error: Exception, *, now: datetime) -> None:
    code = error.code if isinstance(error, SendFailed) else type(error).__name__
    if not isinstance(error, SendFailed):
        # The class alone: the words of an error may hold an address or a code.
        logger.error("message %s (%s) cannot be made: %s", message.pk, message.template, code)
    final = error.final if isinstance(error, SendFailed) else isinstance(error, Unreadable)
    if message.attempts >= MAX_ATTEMPTS or final:
        _finish(message, Delivery.FAILED, error=code, now=now)
        return
    row = OutboxMessage.objects.filter(pk=message.pk, attempts=message.attempts)
    asked = error.wait if isinstance(error, SendFailed) else None
    wait = max(wait_after(message.attempts), min(asked or timedelta(), LONGEST_WAIT))
    row.update(last_error=code, due_at=now + wait)


def _finish(message: OutboxMessage, state: Delivery, *, error: str, now: datetime, box: bytes | None = None) -> None:
    """End a message. Of what was sent `box` stays, mostly nothing; what failed stays sealed for 72 hours, to be tried.

    Of an account that is closed nothing stays at all. The account is locked for it: whoever closes it meanwhile finds
    the message ended, and forgets it, or is done by now.
    """
    row = OutboxMessage.objects.filter(pk=message.pk)
    with transaction.atomic():
        if message.account_id is None or _status_of(message.account_id) == AccountStatus.CLOSED:
            row.delete()
        else:
            left = {} if state is Delivery.FAILED else {"payload": box}
            row.update(state=state, finished_at=now, last_error=error, **left)


def _status_of(account_id: UUID) -> str | None:
    """Lock an account and return its status; None for one that is not there."""
    locked = Account.objects.select_for_update().filter(pk=account_id)
    return locked.values_list("status", flat=True).first()


def forget_ended(account_ids: Collection[UUID]) -> None:
    """Delete what has ended of accounts that are locked and being closed: their last mail may have been quicker."""
    OutboxMessage.objects.filter(account_id__in=account_ids).exclude(state=Delivery.QUEUED).delete()
