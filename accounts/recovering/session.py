"""The session of a recovery: half an hour, opened by a mailed link and by POST, for one account and nothing else.

Whoever has the mailbox alone gets no further than here: the password, or a code that comes another way than the link,
is asked before anything is shown, and before anything can be sent (J04). Where documents stand for it, by an invitation
that is asked for anew each time, the holder of the link says that they can give neither.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import mailed_links, sign_in
from accounts.actors import Actor
from accounts.asking import LinkGone
from accounts.enums import FactorKind, InvitedTo, MessageChannel, Purpose, SessionKind
from accounts.exceptions import NotAllowed
from accounts.models import Account, FactorRecovery, StepUp
from accounts.recovering import invitations, lifecycle, links
from accounts.verification import step_up

LINK, CHANNEL, PROVEN = "recovery_link", "recovery_channel", "recovery_proven"
INVITED = "recovery_invited"
WINDOW = timedelta(minutes=10)
# Its own: what is tried at signing in, by whoever knows the address, does not shut out who has the link.
PASSWORD_BUDGET = "password_recover"  # noqa: S105  (the name of a budget)
# A passkey that works needs its script; who has one and the password gives the password.
KINDS = frozenset({FactorKind.EMAIL, FactorKind.SMS, FactorKind.TOTP})


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Who recovers, by a link of which channel, and what they gave beside it, or that documents stand for it."""

    account: Account
    link: UUID
    channel: MessageChannel
    given: FactorKind | None = None
    invited: bool = False

    @property
    def proven(self) -> bool:
        """Whether more than the link was given, or documents stand for it."""
        return self.given is not None or self.invited

    @property
    def actor(self) -> Actor:
        """The holder of the session."""
        return Actor.status_session(self.account.pk, carried_by=self.carried_by)

    @property
    def carried_by(self) -> FactorKind:
        """The kind that proves nothing more than the link."""
        return mailed_links.CARRIED_BY[self.channel]

    @property
    def digest(self) -> bytes:
        """What a verification in this session is bound to."""
        return hashlib.sha256(b"recover\x00" + self.link.bytes).digest()

    @property
    def recovery(self) -> FactorRecovery | None:
        """The recovery that is open, None before one is begun."""
        return lifecycle.open_of(self.account.pk)


def open_by_link(session: Any, token: str, *, now: datetime) -> Visit:
    """Use the link up and turn this browser's session into one of a recovery, under a new key; raises LinkGone.

    Whoever was signed in here is not any more.
    """
    link, found = links.read(token, now=now)
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=found.pk)
        if not owner.is_active or mailed_links.take(link, owner, now=now) is None:
            raise LinkGone
        kept = {key: session[key] for key in sign_in.KEPT if key in session}
        session.flush()
        session.update(kept)
        session.name_somebody(SessionKind.STATUS, owner.pk)
        session[LINK], session[CHANNEL] = str(link.pk), link.channel
        session.save()
    return Visit(account=owner, link=link.pk, channel=MessageChannel(link.channel))


def current(session: Any, *, now: datetime) -> Visit | None:
    """Return whose recovery this session is, None when it is none (any more), or sign-in was closed meanwhile."""
    subject = session.subject
    if subject is None or subject[0] is not SessionKind.STATUS or LINK not in session:
        return None
    account = Account.objects.filter(pk=subject[1], is_staff=False).first()
    if account is None or not account.is_active:
        return None
    channel, kept = MessageChannel(session[CHANNEL]), session.get(PROVEN)
    given = FactorKind(kept) if kept in FactorKind.values else None
    invited = given is None and session.get(INVITED) is True and may_go_by_documents(account, now=now)
    return Visit(account=account, link=UUID(session[LINK]), channel=channel, given=given, invited=invited)


def may_go_by_documents(account: Account, *, now: datetime) -> bool:
    """Tell whether documents stand for the proof now, or did when what is open was begun."""
    row = lifecycle.open_of(account.pk)
    begun_id = row.pk if row is not None else None
    return invitations.standing(account, InvitedTo.RECOVER, begun_id=begun_id, now=now) is not None


def go_by_documents(session: Any, visit: Visit, *, now: datetime) -> None:
    """Go on with nothing but the link, on an invitation; raises NotAllowed where none stands."""
    if not may_go_by_documents(visit.account, now=now):
        raise NotAllowed(_("This is not possible now."))
    session[INVITED] = True
    session.cycle_key()


def prove_by_password(session: Any, visit: Visit, password: str, *, now: datetime) -> None:
    """Take the password; raises WrongPassword, TooManyAttempts. Not inside a transaction."""
    sign_in.confirm_password(visit.account, password, budget=PASSWORD_BUDGET, now=now)
    _note(session, FactorKind.PASSWORD)


def prove_by_code(session: Any, visit: Visit, device_id: str, code: str, *, now: datetime) -> None:
    """Take a code of another channel; raises WrongCode, VerificationExpired, TooManyAttempts. Not in a transaction."""
    found = step_up.answer(begin(visit, now=now), device_id, code, now=now)
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=visit.account.pk)
        proof = step_up.prove(found, account=locked, purpose=Purpose.RECOVER, digest=visit.digest, now=now)
        step_up.consume(proof, now=now)
    # One code is all that is asked for.
    _note(session, min(proof.kinds))


def running(visit: Visit, *, now: datetime) -> StepUp | None:
    """Return the verification that is open for this session, in time."""
    found = step_up.current(visit.account.pk, Purpose.RECOVER)
    return found if found is not None and found.expires_at > now and bytes(found.digest) == visit.digest else None


def begin(visit: Visit, *, now: datetime) -> StepUp:
    """Return the verification that runs, or begin one: a single code of another channel."""
    return running(visit, now=now) or step_up.begin(
        visit.account,
        purpose=Purpose.RECOVER,
        digest=visit.digest,
        kinds=KINDS - {visit.carried_by},
        needed=1,
        second_factor_required=False,
        window=WINDOW,
        extensions=0,
        now=now,
    )


def factors(visit: Visit, *, now: datetime) -> list[step_up.FactorState]:
    """Return what may be given, before anything is begun too; looking begins nothing."""
    kinds = sorted(kind.value for kind in KINDS - {visit.carried_by})
    return step_up.factors(
        running(visit, now=now) or StepUp(account=visit.account, purpose=Purpose.RECOVER, kinds=kinds)
    )


def _note(session: Any, given: FactorKind) -> None:
    session[PROVEN] = given.value
    session.cycle_key()
