"""Registering: somebody types an address, a link goes there, and whoever opens it chooses a password (M01).

The page says the same to everybody. Only the inbox learns more: that there is an account already, or until when the
address is blocked (accounts.blocked).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts import asking, blocked, hashing, identifiers, mailed_links, sealed
from accounts.actors import Actor
from accounts.asking import LinkGone
from accounts.creation import NewAccount, create_account
from accounts.enums import IdentifierKind, MessageChannel
from accounts.identifiers import IdentifierTaken
from accounts.ids import uuid7
from accounts.messages import late
from accounts.messages.payload import Payload
from accounts.models import Account, OutboxMessage, RegistrationLink
from accounts.passwords import check_strength

TEMPLATE = "registration"
SEAL_PURPOSE = "registration"
LIVES = timedelta(minutes=30)
REGISTRATION = Actor.system("registration")
KINDS = {channel: kind for kind, channel in asking.CHANNELS.items()}


@dataclass(frozen=True, kw_only=True)
class Registration:
    """A link that still works, and the address that it proves."""

    link: RegistrationLink
    contact: str

    @property
    def kind(self) -> IdentifierKind:
        """What the address is."""
        return KINDS[MessageChannel(self.link.channel)]


def ask(identifier: str, *, language: str, now: datetime) -> None:
    """Have a message sent to the address (see asking.ask)."""
    asking.ask(identifier, template=TEMPLATE, language=language, now=now)


def complete(message: OutboxMessage, said: Payload, *, now: datetime) -> Payload | None:
    """Return what the inbox learns: a link, that there is an account, or until when the address is blocked."""
    if asking.too_late(message, LIVES, now=now):
        return None
    owner = identifiers.find_account(said.to)
    if owner is not None:
        return _to_owner(owner, said)
    channel = MessageChannel(message.channel)
    until = blocked.until(KINDS[channel], said.to, now=now)
    if until is not None:
        told = {"case": "blocked_for_good"} if until == blocked.NO_END else {"case": "blocked", "until": until}
        return Payload(to=said.to, language=said.language, context=told)
    token = _issue(channel, said, now=now)
    context = {"case": "new", "token": token, "minutes": LIVES.seconds // 60}
    return Payload(to=said.to, language=said.language, context=context)


def _to_owner(owner: Account, said: Payload) -> Payload | None:
    if owner.is_staff:
        return None
    return Payload(to=said.to, language=owner.language, context={"case": "exists"}, account_id=owner.pk)


def _issue(channel: MessageChannel, said: Payload, *, now: datetime) -> str:
    token, link_id = mailed_links.new_token(), uuid7()
    RegistrationLink.objects.create(
        id=link_id,
        channel=channel,
        contact=sealed.seal(said.to.encode(), purpose=SEAL_PURPOSE, bound_to=_bound_to(link_id)),
        language=said.language,
        digest=mailed_links.digest(token),
        created_at=now,
        expires_at=now + LIVES,
    )
    return token


def read(token: str, *, now: datetime) -> Registration:
    """Return what a link stands for, changing nothing; raises LinkGone."""
    link = RegistrationLink.objects.filter(digest=mailed_links.digest(token), used_at=None, expires_at__gt=now).first()
    if link is None:
        raise LinkGone
    contact = sealed.open_sealed(bytes(link.contact), purpose=SEAL_PURPOSE, bound_to=_bound_to(link.pk)).decode()
    return Registration(link=link, contact=contact)


def register(token: str, *, password: str, now: datetime) -> Account:
    """Use a link up and make the account; raises LinkGone, WeakPassword, hashing.Busy, then nothing changed."""
    found = read(token, now=now)
    check_strength(password, about=[found.contact])
    encoded = hashing.make(password, now=now)
    is_mail = found.kind is IdentifierKind.EMAIL
    new = NewAccount(
        email=found.contact if is_mail else None,
        phone=None if is_mail else found.contact,
        password_hash=encoded,
        language=found.link.language,
        created_at=now,
        last_active_at=now,
    )
    try:
        with transaction.atomic():
            unused = RegistrationLink.objects.filter(pk=found.link.pk, used_at=None, expires_at__gt=now)
            if unused.update(used_at=now) != 1:
                raise LinkGone
            return create_account(new, actor=REGISTRATION, now=now)
    except IdentifierTaken as error:
        # Another link to the same address was faster, or the address was blocked meanwhile.
        raise LinkGone from error


def forget_old(*, now: datetime) -> int:
    """Delete links whose time is over, used or not; return how many."""
    return RegistrationLink.objects.filter(expires_at__lte=now).delete()[0]


def plug() -> None:
    """Let the sender complete these messages (accounts.apps)."""
    late.plug(TEMPLATE, complete)


def _bound_to(link_id: Any) -> str:
    return f"accounts_registrationlink/{link_id}"
