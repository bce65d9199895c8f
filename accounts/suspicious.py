"""A sign-in from somewhere new is told to its owner, who can say "this was not me" (M04, L05).

A device is a browser family on a system in a network: no cookie beside the session's, and versions and addresses within
a network do not count as new. The row keeps a keyed digest of it.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import (
    case_opening,
    cases,
    contacts,
    doubts,
    keys,
    lockout,
    mailed_links,
    officers,
    passwords,
    restrictions,
    stops,
)
from accounts.actors import Actor
from accounts.doubts import Doubt
from accounts.enums import AccountStatus, CaseKind, LinkPurpose, MessageChannel, RestrictionKind
from accounts.exceptions import ReasonRequired, SecondPersonRequired
from accounts.messages import late
from accounts.messages.payload import Payload
from accounts.models import Account, Case, MailedLink, OutboxMessage, SignIn
from accounts.recovering import ending, invitations
from accounts.stops import StopRefused

KEY_PURPOSE = "sign-in-device"
NEW = "new_sign_in"
LIVES = timedelta(hours=72)
REPORT = Actor.system("sign_in_report")
REASON = "sign_in_reported"
REPORTED = "staff_report"


def device(account: Account, *facts: str, version: int | None = None) -> bytes:
    """Return the keyed digest of a device of this account, with the newest key unless told otherwise."""
    key = keys.derive(KEY_PURPOSE, version if version is not None else keys.newest_version())
    return hmac.digest(key, "\x00".join((str(account.pk), *facts)).encode(), hashlib.sha256)


def is_new(account: Account, *facts: str) -> bool:
    """Tell whether the account never signed in from this device, under any key on the ring."""
    known = [device(account, *facts, version=version) for version in keys.versions()]
    return not SignIn.objects.filter(account=account, device__in=known).exists()


def tell(made: SignIn, *, browser: str, system: str, now: datetime) -> None:
    """Queue the message about a sign-in from a new device: by mail, or by text where there is no address."""
    said = {
        "sign_in": str(made.pk),
        "browser": browser or _("unknown browser"),
        "system": system or _("unknown system"),
        "network": made.address_hint or _("unknown network"),
        "at": made.at,
    }
    contacts.tell(contacts.current(made.account)[:1], made.account, NEW, said, now=now)


def complete(message: OutboxMessage, said: Payload, *, now: datetime) -> Payload | None:
    """Return the message with its link, None when the sign-in is forgotten (the account was closed)."""
    made = SignIn.objects.filter(pk=UUID(said.context["sign_in"])).first()
    if made is None:
        return None
    return with_link(message, said, LinkPurpose.STOP_SIGN_IN, account_id=made.account_id, subject_id=made.pk, now=now)


def with_link(
    message: OutboxMessage, said: Payload, purpose: LinkPurpose, *, account_id: UUID, subject_id: UUID, now: datetime
) -> Payload:
    """Return a message with a link that raises the alarm, made now: no row holds it."""
    channel = MessageChannel(message.channel)
    token = mailed_links.issue(account_id, purpose, subject_id=subject_id, channel=channel, lives=LIVES, now=now)
    context = {**said.context, "token": token, "hours": int(LIVES.total_seconds() // 3600)}
    return Payload(to=said.to, language=said.language, context=context, account_id=account_id)


def stop(link: MailedLink, now: datetime) -> None:
    """Use up a link about a sign-in and lock its account; raises StopRefused."""
    alarm(link, now, sign_in=str(link.subject_id))


def alarm(link: MailedLink, now: datetime, **about: str) -> None:
    """Use a link up and lock its account; raises StopRefused.

    Locked is: disabled, under investigation, nobody signed in, the password dead so that it must be reset. A closure
    that waits is stopped too: whoever it was may have asked for it. An account that is disabled stays so, and photos
    alone bring it back no more: what one of the staff proposed is taken back, and nobody approves before two people of
    compliance have lifted the investigation. `about` is what the event says beside the link.
    """
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=link.account_id)
        holder = None if locked.status == AccountStatus.CLOSED else mailed_links.take(link, locked, now=now, **about)
        if holder is None:
            raise StopRefused
        report(locked, actor=holder, now=now)


def report(locked: Account, *, actor: Actor, now: datetime) -> Case:
    """Lock an account whose owner says that somebody else signed in; its row is locked by the caller."""
    doubts.arise(locked, Doubt.ALARM, now=now)
    case = lockout.lock_out(locked, CaseKind.SUSPICIOUS_SIGN_IN, actor=actor, reason=REASON, now=now)
    restrictions.place(locked, RestrictionKind.SECURITY_INVESTIGATION, actor=REPORT, note="", now=now)
    passwords.kill(locked, now=now)
    _end_ways_in(locked, now=now)
    return case


def _end_ways_in(locked: Account, *, now: datetime) -> None:
    """End what somebody else may have begun: a recovery, and that documents stand for a proof."""
    invitations.end_open(locked, why=invitations.REPORTED, actor=REPORT, now=now)
    ending.end_open(locked, why=ending.REPORTED, actor=REPORT, now=now)


def take_report(account_id: UUID, *, actor: Actor, reason: str, now: datetime) -> Case:
    """Take what somebody tells staff about a sign-in (L05): who signed in is out, and nothing leaves the account.

    A recovery that is open ends: whoever signed in may have asked for it. A fraud alert stands until staff have
    confirmed with the owner and cleared it. The owner is told the reference of the case, compliance is called.
    Raises NotAllowed, ReasonRequired, SecondPersonRequired for the own account, and UnknownCase where there is no such
    customer.
    """
    cases.check_handle(actor)
    if not reason.strip():
        raise ReasonRequired
    if actor.account_id == account_id:
        raise SecondPersonRequired
    with transaction.atomic():
        known = Account.objects.select_for_update().filter(pk=account_id, is_staff=False)
        if not known.exclude(status=AccountStatus.CLOSED).exists():
            raise cases.UnknownCase(_("There is no such account."))
        case = cases.open_case(account_id, CaseKind.SUSPICIOUS_SIGN_IN, actor=actor, note=reason, now=now)
        account = known.get()
        doubts.arise(account, Doubt.ALARM, now=now)
        restrictions.place(account, RestrictionKind.FRAUD_ALERT, actor=actor, note=reason.strip(), now=now)
        lockout.end_sessions(account, now=now)
        _end_ways_in(account, now=now)
        contacts.tell(contacts.current(account), account, case_opening.TEMPLATE, {"reference": case.reference}, now=now)
        officers.call(REPORTED, {"case": case.reference, "at": now}, now=now)
    return case


def plug() -> None:
    """Let the sender complete these messages, and /stop/ carry out their links (accounts.apps)."""
    late.plug(NEW, complete)
    stops.plug(LinkPurpose.STOP_SIGN_IN, stop)
