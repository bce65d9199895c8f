"""Changing an e-mail address or phone: allowed by a factor, confirmed at the new end, stoppable at the old (C06).

Three steps: `ask` keeps the new contact sealed, `authorize` takes the proof and sends a code there, `confirm` takes the
code and makes the change. The old contact gets a link that takes it back for 72 hours and locks the account; so long
nobody else can have it. Whether somebody else has the new one shows in nothing but its own inbox (invariant 17).
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import closing, codes, contact_codes, contacts, identifiers, mailed_links, sealed, stops, suspicious
from accounts.actors import Actor
from accounts.enums import Action, FactorKind, IdentifierKind, LinkPurpose, MessageChannel, Purpose
from accounts.exceptions import NotAllowed, VerificationExpired, WrongCode
from accounts.journal import record
from accounts.messages import late, limits
from accounts.messages.payload import Payload
from accounts.models import (
    Account,
    ContactChange,
    EmailDevice,
    MailedLink,
    OneTimeCode,
    OutboxMessage,
    SmsDevice,
    StepUp,
)
from accounts.models.factor import CodeDevice
from accounts.stops import StopRefused
from accounts.verification import attempts, changes
from accounts.verification.enrollment import themselves
from accounts.verification.step_up import StepUpProof

SEAL_PURPOSE = "contact-change"
NOTICE = "contact_changed"
LIVES = timedelta(hours=1)
STOPPABLE = timedelta(hours=72)
KINDS = {MessageChannel.EMAIL: IdentifierKind.EMAIL, MessageChannel.SMS: IdentifierKind.PHONE}
COLUMNS = {MessageChannel.EMAIL: "email", MessageChannel.SMS: "phone"}
DEVICES: dict[MessageChannel, type[CodeDevice]] = {MessageChannel.EMAIL: EmailDevice, MessageChannel.SMS: SmsDevice}


def ask(account: Account, kind: MessageChannel, value: str, *, now: datetime) -> ContactChange:
    """Begin a change, in place of one that is open; raises BadIdentifier, NotAllowed, ClosureOpen, TooManyAttempts.

    Counts a message to the new contact first, so this must not be called inside a transaction.
    """
    normal = identifiers.normalize(KINDS[kind], value.strip())
    if normal == getattr(account, COLUMNS[kind]):
        raise NotAllowed(_("This is the contact that we have already."))
    if kind is MessageChannel.SMS:
        limits.check_country(normal)
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=account.pk)
        closing.check_none_open(owner)
        _open_changes(owner, kind).update(ended_at=now)
        change = ContactChange(account=owner, kind=kind, created_at=now, expires_at=now + LIVES)
        change.value = sealed.seal(normal.encode(), purpose=SEAL_PURPOSE, bound_to=_bound_to(change))
        change.save(force_insert=True)
    return change


def current(account: Account, kind: MessageChannel, *, now: datetime) -> ContactChange | None:
    """Return the change that is open and in time."""
    in_time = _open_changes(account, kind).filter(expires_at__gt=now, created_at__lte=now + codes.SKEW)
    found: ContactChange | None = in_time.select_related("account").first()
    return found


def new_contact(change: ContactChange) -> str:
    """Return the new contact in plain; for its owner's eyes."""
    return sealed.open_sealed(bytes(change.value), purpose=SEAL_PURPOSE, bound_to=_bound_to(change)).decode()


def authorize(change: ContactChange, *, proof: StepUpProof, now: datetime) -> None:
    """Take the proof of this very change and send a code to the new contact.

    Raises ProofRefused, ClosureOpen, VerificationExpired, TooManyAttempts. Not inside a transaction.
    """
    limits.spend(MessageChannel(change.kind), new_contact(change), now=now)
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=change.account_id)
        closing.check_none_open(owner)
        locked = _lock(change, now=now)
        changes.use(proof, owner, Purpose.CHANGE_CONTACT, str(change.pk), now=now)
        locked.authorized_at = now
        locked.save(update_fields=["authorized_at"])
        _send_code(locked, owner, now=now)


def send_again(change: ContactChange, *, now: datetime) -> None:
    """Send another code to the new contact; the one before stops working. The refusals of `authorize`."""
    limits.spend(MessageChannel(change.kind), new_contact(change), now=now)
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=change.account_id)
        locked = _lock(change, now=now)
        if locked.authorized_at is None:
            raise VerificationExpired
        _send_code(locked, owner, now=now)


def confirm(change: ContactChange, code: str, *, now: datetime) -> ContactChange:
    """Make the change with the code from the new contact.

    The attempt is spent first, so this must not be called inside a transaction. Raises WrongCode, TooManyAttempts,
    VerificationExpired, ClosureOpen, IdentifierTaken.
    """
    attempts.spend(change.account_id, Purpose.CONFIRM_CONTACT, now=now)
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=change.account_id)
        locked = _lock(change, now=now)
        right = locked.authorized_at is not None and contact_codes.spend(locked.pk, code, now=now)
        if right:
            closing.check_none_open(owner)
            _apply(locked, owner, actor=themselves(owner), now=now)
    if not right:
        raise WrongCode
    attempts.give_back(change.account_id, Purpose.CONFIRM_CONTACT, now=now)
    return locked


def put(owner: Account, kind: MessageChannel, value: str, *, actor: Actor, now: datetime) -> ContactChange:
    """Make a change that was confirmed elsewhere, with the account locked; the old contact can take it back as any.

    Raises IdentifierTaken.
    """
    _open_changes(owner, kind).update(ended_at=now)
    change = ContactChange(account=owner, kind=kind, created_at=now, expires_at=now + LIVES, authorized_at=now)
    change.value = sealed.seal(value.encode(), purpose=SEAL_PURPOSE, bound_to=_bound_to(change))
    change.save(force_insert=True)
    _apply(change, owner, actor=actor, now=now)
    return change


def take_back(link: MailedLink, now: datetime) -> None:
    """Undo a change by the link at the old contact: the old one is back, the account locked; raises StopRefused."""
    change = ContactChange.objects.filter(pk=link.subject_id, done_at__isnull=False, ended_at=None).first()
    if change is None or change.former_id is None:
        raise StopRefused
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=change.account_id)
        locked = ContactChange.objects.select_for_update().get(pk=change.pk)
        if locked.ended_at is not None or locked.former is None:
            raise StopRefused
        holder = mailed_links.take(link, owner, now=now, change=str(locked.pk))
        if holder is None:
            raise StopRefused
        kind = MessageChannel(locked.kind)
        _write(owner, kind, contacts.value_of(locked.former), now=now)
        contacts.let_go(locked.former)
        locked.ended_at = now
        locked.save(update_fields=["ended_at"])
        undone = {"kind": kind.value, "change": str(locked.pk), "taken_back": True}
        record(Action.CONTACT_CHANGED, actor=holder, at=now, account=owner, data=undone)
        suspicious.report(owner, actor=holder, now=now)


def complete_notice(message: OutboxMessage, said: Payload, *, now: datetime) -> Payload:
    """Return the word to the old contact with its link, made now: no row holds it."""
    facts = dict(said.context)
    change = ContactChange.objects.filter(pk=facts.pop("change"), ended_at=None).first()
    if change is None or change.done_at is None or now - change.done_at >= STOPPABLE:
        return Payload(to=said.to, language=said.language, context=facts)
    facts["stop"] = mailed_links.issue(
        change.account_id,
        LinkPurpose.STOP_CHANGE,
        subject_id=change.pk,
        channel=MessageChannel(message.channel),
        lives=change.done_at + STOPPABLE - now,
        now=now,
    )
    return Payload(to=said.to, language=said.language, context=facts)


def plug() -> None:
    """Complete our messages when they are sent, and stop changes by their links (accounts.apps)."""
    late.plug(NOTICE, complete_notice)
    stops.plug(LinkPurpose.STOP_CHANGE, take_back)


def forget_old(*, now: datetime) -> int:
    """Delete changes that nobody can finish or take back any more; return how many."""
    return ContactChange.objects.filter(created_at__lte=now - contacts.KEPT).delete()[0]


def _open_changes(account: Account, kind: MessageChannel) -> Any:
    return ContactChange.objects.filter(account=account, kind=kind, done_at=None, ended_at=None)


def _lock(change: ContactChange, *, now: datetime) -> ContactChange:
    locked = ContactChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    in_time = locked.created_at - codes.SKEW <= now < locked.expires_at
    if locked.done_at is not None or locked.ended_at is not None or not in_time:
        raise VerificationExpired
    return locked


def _send_code(change: ContactChange, owner: Account, *, now: datetime) -> None:
    contact_codes.send(change.pk, owner, MessageChannel(change.kind), new_contact(change), now=now)


def _apply(change: ContactChange, owner: Account, *, actor: Actor, now: datetime) -> None:
    kind = MessageChannel(change.kind)
    old: str | None = getattr(owner, COLUMNS[kind])
    if old:
        change.former = contacts.remember(owner, kind, old, now=now)
        contacts.hold(change.former, KINDS[kind], old, until=now + STOPPABLE)
    change.done_at = now
    change.save(update_fields=["former", "done_at"])
    _write(owner, kind, new_contact(change), now=now)
    hint = identifiers.mask(KINDS[kind], old) if old else None
    told = {"kind": kind.value, "change": str(change.pk)}
    record(Action.CONTACT_CHANGED, actor=actor, at=now, account=owner, data=told, note=hint)
    _renew_device(owner, kind, actor=actor, now=now)
    said = {"what": f"{kind.value}_changed", "at": now}
    contacts.tell(contacts.current(owner), owner, "security_change", said, now=now)
    if old:
        notice = {"kind": kind.value, "at": now, "change": str(change.pk)}
        contacts.tell([(kind, old)], owner, NOTICE, notice, now=now)


def _write(owner: Account, kind: MessageChannel, value: str, *, now: datetime) -> None:
    """Put a contact in its place; what was under way to or by the one before is worth nothing from now on."""
    identifiers.attach(owner, KINDS[kind], value, now=now)
    Account.objects.filter(pk=owner.pk).update(**{COLUMNS[kind]: value})
    setattr(owner, COLUMNS[kind], value)
    device_ids = DEVICES[kind].objects.filter(user=owner).values("pk")
    OneTimeCode.objects.filter(device_id__in=device_ids, used_at=None).update(used_at=now)
    StepUp.objects.filter(account=owner, used_at=None, replaced_at=None).update(replaced_at=now)


def _renew_device(owner: Account, kind: MessageChannel, *, actor: Actor, now: datetime) -> None:
    """The new contact gives codes, in place of the old one: it has just shown that they arrive."""
    device_class = DEVICES[kind]
    factor: FactorKind = device_class.kind
    found = device_class.objects.filter(user=owner).first()
    if found is None:
        found = device_class.objects.create(user=owner, name=factor.value, confirmed=True, created_at=now)
        action = Action.FACTOR_ADDED
    else:
        action = Action.FACTOR_REPLACED if found.confirmed else Action.FACTOR_ADDED
        device_class.objects.filter(pk=found.pk).update(confirmed=True, created_at=now, barred_until=None)
    told = {"factor": factor.value, "device": str(found.pk)}
    record(action, actor=actor, at=now, account=owner, data=told)


def _bound_to(change: ContactChange) -> str:
    return f"accounts_contactchange/{change.pk}"
