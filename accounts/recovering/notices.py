"""What the contacts of an account are told of a recovery, each with a link that stops it and locks the account (D08).

Everybody is told: the contacts of now, and those that were replaced lately. The links are made when messages are sent.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation

from accounts import contacts, mailed_links, stops, suspicious
from accounts.actors import Actor
from accounts.contacts import Place
from accounts.enums import (
    AccountStatus,
    Action,
    LinkPurpose,
    MessageChannel,
    RecoveryAction,
    RecoveryRule,
    RecoveryState,
)
from accounts.journal import record
from accounts.messages import late
from accounts.messages.payload import Payload
from accounts.models import Account, FactorRecovery, MailedLink, OutboxMessage
from accounts.recovering import lifecycle
from accounts.recovering.table import DELAY, IDLE, STOPPABLE, STOPPABLE_AFTER
from accounts.stops import StopRefused

NOTICE, WORD = "recovery_notice", "recovery_word"
STOPPED = "stopped"


def everywhere(account: Account, *, now: datetime) -> list[Place]:
    """Return every contact that the account has, and those that it had until lately."""
    return [*contacts.current(account), *contacts.former(account, since=now - contacts.KEPT)]


def tell(row: FactorRecovery, account: Account, *, now: datetime) -> None:
    """Tell every contact how the recovery stands, with a link that stops it; the account is locked."""
    said: dict[str, Any] = {"recovery": str(row.pk), "reference": row.case.reference, "at": now, "stage": row.state}
    said["hours"] = int(DELAY.total_seconds() // 3600)
    if row.due_at is not None:
        said["due"] = row.due_at
    if row.state == RecoveryState.DONE:
        said["until"] = account.withdrawals_held_until
    contacts.tell(everywhere(account, now=now), account, NOTICE, said, now=now)


def tell_word(row: FactorRecovery, account: Account, *, now: datetime) -> None:
    """Tell the contacts of now what follows: better photos, nothing more, or a new try."""
    with translation.override(account.language):
        rules = [str(RecoveryRule(rule).label) for rule in row.broken]
    said = {
        "reference": row.case.reference,
        "at": now,
        "stage": row.state,
        "why": row.end_reason,
        "rules": rules,
        "within": IDLE[RecoveryState.NEEDS_MORE].days,
    }
    contacts.tell(contacts.current(account), account, WORD, said, now=now)


def complete(message: OutboxMessage, said: Payload, *, now: datetime) -> Payload:
    """Return the notice with its link, as long as there is something to stop."""
    facts = dict(said.context)
    row = FactorRecovery.objects.filter(pk=UUID(facts.pop("recovery"))).first()
    if row is None or not _can_stop(row, now=now):
        return Payload(to=said.to, language=said.language, context=facts)
    facts["token"] = mailed_links.issue(
        row.account_id,
        LinkPurpose.STOP_RECOVERY,
        subject_id=row.pk,
        channel=MessageChannel(message.channel),
        lives=STOPPABLE,
        now=now,
    )
    return Payload(to=said.to, language=said.language, context=facts)


def stop(link: MailedLink, now: datetime) -> None:
    """Use a link up: the recovery ends and the account is locked, as for a sign-in that was not its owner's.

    For some days after its end it locks the account all the same. Raises StopRefused.
    """
    with transaction.atomic():
        try:
            account, row = lifecycle.lock(link.subject_id)
        except lifecycle.UnknownRecovery as error:
            raise StopRefused from error
        if account.status == AccountStatus.CLOSED or not _can_stop(row, now=now):
            raise StopRefused
        if not mailed_links.use(link, now=now):
            raise StopRefused
        holder = Actor.link(account.pk)
        told = {"link": str(link.pk), "purpose": link.purpose, "recovery": str(row.pk), "channel": link.channel}
        record(Action.LINK_USED, actor=holder, at=now, account=account, data=told)
        if row.is_open:
            lifecycle.apply(
                row,
                RecoveryAction.END,
                actor=holder,
                now=now,
                account=account,
                end_reason=STOPPED,
                told={"why": STOPPED},
            )
        suspicious.report(account, actor=holder, now=now)


def _can_stop(row: FactorRecovery, *, now: datetime) -> bool:
    if row.is_open:
        return True
    return row.state == RecoveryState.DONE and row.ended_at is not None and now < row.ended_at + STOPPABLE_AFTER


def plug() -> None:
    """Let the sender complete these messages, and /stop/ carry out their links (accounts.apps)."""
    late.plug(NOTICE, complete)
    stops.plug(LinkPurpose.STOP_RECOVERY, stop)
