"""The links of a recovery's notices: made when a message is sent, and what using one does (D08, E07)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import mailed_links, stops, suspicious
from accounts.enums import AccountStatus, LinkPurpose, MessageChannel, RecoveryState
from accounts.messages import late
from accounts.messages.payload import Payload
from accounts.models import FactorRecovery, MailedLink, OutboxMessage
from accounts.recovering import ending, lifecycle
from accounts.recovering.notices import NOTICE
from accounts.recovering.table import STOPPABLE, STOPPABLE_AFTER
from accounts.stops import StopRefused


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
        holder = mailed_links.take(link, account, now=now, recovery=str(row.pk))
        if holder is None:
            raise StopRefused
        if row.is_open:
            ending.end(row, account, why=ending.STOPPED, actor=holder, now=now)
        suspicious.report(account, actor=holder, now=now)


def _can_stop(row: FactorRecovery, *, now: datetime) -> bool:
    if row.is_open:
        return True
    return row.state == RecoveryState.DONE and row.ended_at is not None and now < row.ended_at + STOPPABLE_AFTER


def plug() -> None:
    """Let the sender complete these messages, and /stop/ carry out their links (accounts.apps)."""
    late.plug(NOTICE, complete)
    stops.plug(LinkPurpose.STOP_RECOVERY, stop)
