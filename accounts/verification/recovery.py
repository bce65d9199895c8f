"""A forgotten password: a link by mail or text, then a new password, and a factor that the link did not carry (J03).

Whoever has the mailbox alone must not get further: where another kind of factor is enrolled it is asked for, and the
contact that reset the password proves nothing more for two days. Asking is the same for every address; what a frozen
or disabled account is told, its inbox alone learns.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import asking, clock, contacts, identifiers, mailed_links, passwords
from accounts.actors import Actor
from accounts.asking import LinkGone
from accounts.enums import AccountStatus, Action, FactorKind, LinkPurpose, MessageChannel, Purpose
from accounts.exceptions import NotAllowed
from accounts.journal import record
from accounts.messages import late
from accounts.messages.payload import Payload
from accounts.models import DEVICE_CLASSES, Account, EmailDevice, MailedLink, OutboxMessage, SmsDevice, StepUp
from accounts.passwords import NewPassword
from accounts.recovering import invitations
from accounts.verification import counting, step_up

TEMPLATE, DONE_TEMPLATE = "password_reset", "password_was_reset"
LIVES = timedelta(minutes=15)
BARRED = timedelta(hours=48)
# A backup code signs in only, and a password is what is missing.
KINDS = frozenset({FactorKind.EMAIL, FactorKind.SMS, FactorKind.TOTP, FactorKind.PASSKEY})
DEVICES = {MessageChannel.EMAIL: EmailDevice, MessageChannel.SMS: SmsDevice}
TOLD_THE_WAY = {AccountStatus.FROZEN: "frozen", AccountStatus.DISABLED: "disabled"}


class WithdrawalHold(Protocol):
    """Says how long withdrawals of an account are held after a reset."""

    def __call__(self, account: Account) -> timedelta: ...


def two_days(account: Account) -> timedelta:  # noqa: ARG001  (the default asks nothing of the account)
    """Hold them as long as the strictest published policy."""
    return timedelta(hours=48)


_hold: WithdrawalHold = two_days


def set_hold(source: WithdrawalHold) -> None:
    """Plug in the policy of a higher floor; `two_days` puts the default back."""
    global _hold  # noqa: PLW0603  (wiring is process-wide, done once at start)
    _hold = source


@dataclass(frozen=True, kw_only=True)
class Reset:
    """A link that still works: whose password it resets, and which kind of factor carried it."""

    link: MailedLink
    account: Account

    @property
    def carried_by(self) -> FactorKind:
        """The kind that proves nothing more than the link itself."""
        return mailed_links.CARRIED_BY[MessageChannel(self.link.channel)]

    @property
    def kinds(self) -> frozenset[FactorKind]:
        """The kinds that prove more."""
        return KINDS - {self.carried_by}

    @property
    def digest(self) -> bytes:
        """What a verification of this reset is bound to."""
        return hashlib.sha256(b"reset-password\x00" + self.link.pk.bytes).digest()


def ask(identifier: str, *, language: str, now: datetime) -> None:
    """Have a link sent if somebody has this address (see asking.ask)."""
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
        owner.pk, LinkPurpose.RESET_PASSWORD, subject_id=owner.pk, channel=channel, lives=LIVES, now=now
    )
    context = {"case": "link", "token": token, "minutes": LIVES.seconds // 60}
    return Payload(to=to, language=owner.language, context=context, account_id=owner.pk)


def read(token: str, *, now: datetime) -> Reset:
    """Return what a link resets, changing nothing; raises LinkGone, also when sign-in is closed meanwhile."""
    link = mailed_links.find(token, LinkPurpose.RESET_PASSWORD, now=now)
    account = Account.objects.filter(pk=link.account_id, is_staff=False).first() if link else None
    if link is None or account is None or not account.is_active:
        raise LinkGone
    return Reset(link=link, account=account)


def needs_factor(reset: Reset) -> bool:
    """Tell whether a factor of another kind is enrolled, whether or not it counts today."""
    found = [each for each in DEVICE_CLASSES if each.kind in reset.kinds]
    return any(each.objects.filter(user=reset.account, confirmed=True).exists() for each in found)


def running(reset: Reset, *, now: datetime) -> StepUp | None:
    """Return the verification that is open for this reset, None when none was begun or its time is over."""
    found = step_up.current(reset.account.pk, Purpose.RESET_PASSWORD)
    return found if found is not None and found.expires_at > now and bytes(found.digest) == reset.digest else None


def begin(reset: Reset, *, now: datetime) -> StepUp:
    """Return the verification that runs, or begin one for as long as a link lives."""
    return running(reset, now=now) or step_up.begin(
        reset.account,
        purpose=Purpose.RESET_PASSWORD,
        digest=reset.digest,
        kinds=reset.kinds,
        needed=1,
        second_factor_required=False,
        window=LIVES,
        extensions=0,
        now=now,
    )


def factors(reset: Reset, *, now: datetime) -> list[step_up.FactorState]:
    """Return what may be given, before anything is begun too; looking begins nothing."""
    begun = running(reset, now=now)
    kinds = sorted(kind.value for kind in reset.kinds)
    return step_up.factors(begun or StepUp(account=reset.account, purpose=Purpose.RESET_PASSWORD, kinds=kinds))


def reset_password(token: str, *, password: str, now: datetime) -> Account:
    """Use a link up and take the new password, with the factor that was given for it; returns the account.

    Every session ends, withdrawals are held, the contact that carried the link counts for nothing for two days, and all
    contacts are told. Raises LinkGone, WeakPassword, ProofRefused, PasswordMoved, hashing.Busy; then nothing changed.
    """
    found = read(token, now=now)
    new = passwords.prepare(found.account, password, now=now)
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=found.account.pk)
        if not locked.is_active or not mailed_links.use(found.link, now=now):
            raise LinkGone
        _use_factor(found, locked, now=now)
        _take(found, locked, new, now=now)
    return locked


def _use_factor(found: Reset, locked: Account, *, now: datetime) -> None:
    if not needs_factor(found):
        return
    begun = running(found, now=now) or StepUp()
    proof = step_up.prove(begun, account=locked, purpose=Purpose.RESET_PASSWORD, digest=found.digest, now=now)
    step_up.consume(proof, now=now)


def _take(found: Reset, locked: Account, new: NewPassword, *, now: datetime) -> None:
    passwords.put(locked, new, now=now)
    # With a password there is something to prove with again.
    invitations.end_open(locked, why=invitations.RESET, actor=Actor.link(locked.pk), now=now)
    # What was begun with the password before is worth nothing now.
    StepUp.objects.filter(account=locked, used_at=None, replaced_at=None).update(replaced_at=now)
    channel = MessageChannel(found.link.channel)
    DEVICES[channel].objects.filter(user=locked).update(barred_until=now + BARRED)
    until = hold_withdrawals(locked, at_least=BARRED if is_weak(locked) else timedelta(), now=now)
    told = {"link": str(found.link.pk), "channel": channel.value}
    record(Action.PASSWORD_RESET, actor=Actor.link(locked.pk), at=now, account=locked, data=told)
    contacts.tell(contacts.current(locked), locked, DONE_TEMPLATE, {"at": now, "until": until}, now=now)


def hold_withdrawals(locked: Account, *, at_least: timedelta = timedelta(), now: datetime) -> datetime:
    """Hold withdrawals of a locked account as long as the policy says, or longer; return until when."""
    until = max(now + max(_hold(locked), at_least), locked.withdrawals_held_until or now)
    Account.objects.filter(pk=locked.pk).update(withdrawals_held_until=until)
    locked.withdrawals_held_until = until
    return until


def barred_until(account: Account) -> datetime | None:
    """Return until when a contact that reset the password counts for nothing, None when each of them counts."""
    dates = [
        at
        for device_class in DEVICES.values()
        for at in device_class.objects.filter(user=account, barred_until__gt=clock.db_now()).values_list(
            "barred_until", flat=True
        )
    ]
    return max(dates, default=None)


def is_weak(account: Account) -> bool:
    """Tell whether the contact that reset the password is all that the account has (J03)."""
    if counting.devices(account.pk, KINDS, Purpose.RESET_PASSWORD):
        return False
    return any(device_class.objects.filter(user=account, confirmed=True).exists() for device_class in DEVICES.values())


def check_not_weak(account: Account) -> None:
    """Refuse what a reset by the only contact does not allow yet: closing, withdrawing, exporting, changing."""
    if is_weak(account):
        raise NotAllowed(
            _("You have just reset your password. For 48 hours you can sign in, but not do this."),
            code="password_just_reset",
        )


def plug() -> None:
    """Let the sender complete these messages (accounts.apps)."""
    late.plug(TEMPLATE, complete)
