"""Every contact is told that documents stand for the proof, with a link that ends it and locks the account (D08)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import contacts, mailed_links, stops, suspicious
from accounts.enums import AccountStatus, LinkPurpose, MessageChannel
from accounts.messages import late
from accounts.messages.payload import Payload
from accounts.models import Account, MailedLink, OutboxMessage, RecoveryInvitation
from accounts.recovering import invitations, notices
from accounts.recovering.table import STOPPABLE, STOPPABLE_AFTER
from accounts.stops import StopRefused

NOTICE = "invitation_notice"
STOPPED = "stopped"


def tell(row: RecoveryInvitation, account: Account, *, now: datetime) -> None:
    """Tell every contact of now and before, in the caller's transaction; the account is locked."""
    said = {"invitation": str(row.pk), "opens": row.opens, "at": now, "until": row.expires_at}
    if row.case is not None:
        said["reference"] = row.case.reference
    contacts.tell(notices.everywhere(account, since=row.created_at), account, NOTICE, said, now=now)


def complete(message: OutboxMessage, said: Payload, *, now: datetime) -> Payload:
    """Return the notice with its link, as long as there is something to end."""
    facts = dict(said.context)
    row = RecoveryInvitation.objects.filter(pk=UUID(facts.pop("invitation")), ended_at=None).first()
    if row is not None:
        facts["token"] = mailed_links.issue(
            row.account_id,
            LinkPurpose.STOP_INVITATION,
            subject_id=row.pk,
            channel=MessageChannel(message.channel),
            lives=STOPPABLE,
            now=now,
        )
    return Payload(to=said.to, language=said.language, context=facts)


def stop(link: MailedLink, now: datetime) -> None:
    """Use a link up: the invitation ends, and what was begun on it, and the account is locked.

    For some days after its end it locks the account all the same. Raises StopRefused.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=link.account_id)
        row = RecoveryInvitation.objects.filter(pk=link.subject_id).first()
        over = row is None or (row.ended_at is not None and now >= row.ended_at + STOPPABLE_AFTER)
        if account.status == AccountStatus.CLOSED or over:
            raise StopRefused
        holder = mailed_links.take(link, account, now=now, invitation=str(link.subject_id))
        if holder is None:
            raise StopRefused
        invitations.end_open(account, why=STOPPED, actor=holder, now=now)
        suspicious.report(account, actor=holder, now=now)


def plug() -> None:
    """Let the sender complete these messages, and /stop/ carry out their links (accounts.apps)."""
    late.plug(NOTICE, complete)
    stops.plug(LinkPurpose.STOP_INVITATION, stop)
