"""Links that we send: made when the message is, known by their digest, used once and by POST alone (E07).

Whoever holds one can look at or stop what it names; it opens no account and is no factor (invariant 18).
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from accounts.actors import Actor
from accounts.enums import Action, FactorKind, LinkPurpose, MessageChannel
from accounts.journal import record
from accounts.models import Account, MailedLink

TOKEN_BYTES = 32
# A link that is over is kept this long, so that support can say what became of it.
KEPT = timedelta(days=30)
# Which factor proves nothing more than the link itself.
CARRIED_BY = {MessageChannel.EMAIL: FactorKind.EMAIL, MessageChannel.SMS: FactorKind.SMS}


def issue(
    account_id: UUID,
    purpose: LinkPurpose,
    *,
    subject_id: UUID,
    channel: MessageChannel,
    lives: timedelta | None,
    now: datetime,
) -> str:
    """Make a link and return its token, which nothing here keeps; `lives` None: as long as its subject."""
    token = new_token()
    MailedLink.objects.create(
        account_id=account_id,
        purpose=purpose,
        subject_id=subject_id,
        channel=channel,
        digest=digest(token),
        created_at=now,
        expires_at=None if lives is None else now + lives,
    )
    return token


def new_token() -> str:
    """Return a token that nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def find(token: str, purpose: LinkPurpose, *, now: datetime) -> MailedLink | None:
    """Return the link of a token while it lives and is unused; changes nothing."""
    unused = MailedLink.objects.filter(digest=digest(token), purpose=purpose, used_at=None)
    return unused.filter(Q(expires_at=None) | Q(expires_at__gt=now)).first()


def use(link: MailedLink, *, now: datetime) -> bool:
    """Use a link up by compare-and-set; False when somebody was faster or its time is over."""
    unused = MailedLink.objects.filter(pk=link.pk, used_at=None)
    return unused.filter(Q(expires_at=None) | Q(expires_at__gt=now)).update(used_at=now) == 1


def take(link: MailedLink, owner: Account, *, now: datetime, **about: str) -> Actor | None:
    """Use a link up and journal it for its locked owner; returns who holds it, None where it is used or over.

    `about` is what the event says beside the link: the key of what it is about, by its name.
    """
    if not use(link, now=now):
        return None
    holder = Actor.link(owner.pk)
    told = {"link": str(link.pk), "purpose": link.purpose, "channel": link.channel, **about}
    record(Action.LINK_USED, actor=holder, at=now, account=owner, data=told)
    return holder


def use_all(account_id: UUID, purpose: LinkPurpose, *, now: datetime) -> int:
    """Use up every link of an account for a purpose: what they could do was done, or must not be done any more."""
    return MailedLink.objects.filter(account_id=account_id, purpose=purpose, used_at=None).update(used_at=now)


def digest(token: str) -> bytes:
    """Return what the table keeps of a token: 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).digest()


def forget_old(*, now: datetime) -> int:
    """Delete links that were over long ago; return how many."""
    over = Q(expires_at__lte=now - KEPT) | Q(used_at__lte=now - KEPT)
    return MailedLink.objects.filter(over, created_at__lte=now - KEPT).delete()[0]
