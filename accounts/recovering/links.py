"""The link that a recovery begins with: asked for by whoever types an address, with one answer for all (E07).

What a frozen or disabled account is told, its inbox alone learns, and nothing changes there.
"""

from datetime import datetime, timedelta

from accounts import asking, identifiers, mailed_links
from accounts.asking import LinkGone
from accounts.enums import AccountStatus, InvitedTo, LinkPurpose, MessageChannel
from accounts.messages import late
from accounts.messages.payload import Payload
from accounts.models import Account, MailedLink, OutboxMessage
from accounts.recovering import invitations
from accounts.verification.recovery import TOLD_THE_WAY

TEMPLATE = "recovery_link"
LIVES = timedelta(minutes=15)


def ask(identifier: str, *, language: str, now: datetime) -> None:
    """Have a link sent if somebody has this address; raises as asking.ask. Not inside a transaction."""
    asking.ask(identifier, template=TEMPLATE, language=language, now=now)


def complete(message: OutboxMessage, said: Payload, *, now: datetime) -> Payload | None:
    """Return what the inbox learns: a link, or the way for who is frozen or disabled; None for everybody else."""
    owner = None if asking.too_late(message, LIVES, now=now) else identifiers.find_account(said.to)
    channel = MessageChannel(message.channel)
    to = asking.contact_of(owner, channel) if owner is not None else None
    if owner is None or not to or owner.is_staff or owner.status == AccountStatus.CLOSED:
        return None
    way = TOLD_THE_WAY.get(AccountStatus(owner.status))
    if way is not None:
        return Payload(to=to, language=owner.language, context={"case": way}, account_id=owner.pk)
    token = mailed_links.issue(
        owner.pk, LinkPurpose.RECOVER, subject_id=owner.pk, channel=channel, lives=LIVES, now=now
    )
    context = {"case": "link", "token": token, "minutes": LIVES.seconds // 60}
    invitation = invitations.standing(owner, InvitedTo.RECOVER, now=now)
    if invitation is not None:
        context["documents_until"] = invitation.expires_at
    return Payload(to=to, language=owner.language, context=context, account_id=owner.pk)


def read(token: str, *, now: datetime) -> tuple[MailedLink, Account]:
    """Return the link of a token and its account, changing nothing; raises LinkGone, also when sign-in is closed."""
    link = mailed_links.find(token, LinkPurpose.RECOVER, now=now)
    account = Account.objects.filter(pk=link.account_id, is_staff=False).first() if link else None
    if link is None or account is None or not account.is_active:
        raise LinkGone
    return link, account


def plug() -> None:
    """Let the sender complete these messages (accounts.apps)."""
    late.plug(TEMPLATE, complete)
