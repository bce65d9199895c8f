"""Adding a factor: it counts only once it has given a right answer, and only with a proof of who adds it (A13, N03).

A session alone adds nothing: where there is a second factor, one of them allows it; the first one is allowed by a code
to the e-mail address. What is not confirmed yet verifies nothing (invariant 12).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import closing, codes, contacts
from accounts.actors import Actor
from accounts.enums import Action, FactorKind, Purpose
from accounts.exceptions import NotAllowed, WrongCode
from accounts.journal import record
from accounts.models import Account, BaseDevice, EmailDevice, Passkey, SmsDevice, StepUp, TotpDevice
from accounts.models.factor import CodeDevice
from accounts.models.passkey import REFUSED
from accounts.verification import attempts, changes, passkeys
from accounts.verification.factors import backup, passkey, sending, totp
from accounts.verification.step_up import StepUpProof

MAX_NAME = 40
MOST_PASSKEYS = 10
CODE_CLASSES: dict[FactorKind, type[CodeDevice]] = {FactorKind.EMAIL: EmailDevice, FactorKind.SMS: SmsDevice}


def start_totp(account: Account, *, proof: StepUpProof, now: datetime) -> TotpDevice:
    """Return a new unconfirmed authenticator, in place of any that was never confirmed; raises ProofRefused.

    The proof is used up when the authenticator gives its first right code.
    """
    changes.check(proof, account, Purpose.ENROLL_FACTOR, FactorKind.TOTP)
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=account.pk)
        TotpDevice.objects.filter(user=owner, confirmed=False).delete()
        device = TotpDevice(user=owner, name=FactorKind.TOTP.value, confirmed=False, created_at=now)
        totp.give_key(device)
        device.save()
    return device


def provisioning_uri(device: TotpDevice) -> str:
    """Return the address for a QR code."""
    return totp.provisioning_uri(device)


def confirm_totp(account: Account, device_id: UUID, code: str, *, proof: StepUpProof, now: datetime) -> TotpDevice:
    """Turn an authenticator on with its first right code, in place of the one before.

    The attempt is spent first, so this must not be called inside a transaction. Raises WrongCode, TooManyAttempts,
    ProofRefused, ClosureOpen.
    """
    attempts.spend(account.pk, Purpose.ENROLL_FACTOR, now=now)
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=account.pk)
        pending: Any = TotpDevice.objects.select_for_update()
        device: TotpDevice | None = pending.filter(pk=device_id, user=owner, confirmed=False).first()
        right = device is not None and device.spend_step(codes.clean(code))
        if device is not None and right:
            changes.use(proof, owner, Purpose.ENROLL_FACTOR, FactorKind.TOTP, now=now)
            _turn_on(device, owner, now=now)
    if device is None or not right:
        raise WrongCode
    attempts.give_back(account.pk, Purpose.ENROLL_FACTOR, now=now)
    return device


def start_contact(account: Account, kind: FactorKind, *, proof: StepUpProof, now: datetime) -> CodeDevice:
    """Send a code to a contact on file that gives no codes yet; raises ProofRefused, NotAllowed, TooManyAttempts."""
    changes.check(proof, account, Purpose.ENROLL_FACTOR, kind)
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=account.pk)
        device_class = CODE_CLASSES[kind]
        if not sending.SENDERS[kind].contact(owner):
            raise NotAllowed(_("Add the contact first."))
        if device_class.objects.filter(user=owner, confirmed=True).exists():
            raise NotAllowed(_("This is on already."))
        device: CodeDevice = device_class.objects.filter(user=owner).first() or device_class.objects.create(
            user=owner, name=kind.value, confirmed=False, created_at=now
        )
        running = StepUp.objects.select_for_update(of=("self",)).get(pk=proof.step_up_id)
        sending.send_code(running, device, owner, now=now)
    return device


def confirm_contact(account: Account, kind: FactorKind, code: str, *, proof: StepUpProof, now: datetime) -> CodeDevice:
    """Turn the codes of a contact on; the same refusals as `confirm_totp`."""
    attempts.spend(account.pk, Purpose.ENROLL_FACTOR, now=now)
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=account.pk)
        pending: Any = CODE_CLASSES[kind].objects.select_for_update()
        device: CodeDevice | None = pending.filter(user=owner, confirmed=False).first()
        typed = codes.Answer(
            code=codes.clean(code), step_up_id=proof.step_up_id, purpose=Purpose.ENROLL_FACTOR, now=now
        )
        right = device is not None and bool(typed.code) and device.accepts(typed)
        if device is not None and right:
            changes.use(proof, owner, Purpose.ENROLL_FACTOR, kind, now=now)
            _turn_on(device, owner, now=now)
    if device is None or not right:
        raise WrongCode
    attempts.give_back(account.pk, Purpose.ENROLL_FACTOR, now=now)
    return device


def add_passkey(account: Account, made: str, *, name: str, proof: StepUpProof, now: datetime) -> Passkey:
    """Add the passkey that a browser made for our challenge; the same refusals as `confirm_totp`, and NotAllowed."""
    attempts.spend(account.pk, Purpose.ENROLL_FACTOR, now=now)
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=account.pk)
        changes.check(proof, owner, Purpose.ENROLL_FACTOR, FactorKind.PASSKEY)
        if Passkey.objects.filter(user=owner).count() >= MOST_PASSKEYS:
            raise NotAllowed(_("You have %(count)d passkeys. Remove one first.") % {"count": MOST_PASSKEYS})
        made = Passkey.read(made)
        # Spent whatever becomes of it: a challenge is answered once.
        challenge = _challenge(proof, made, now=now)
        device = _registered(owner, made, challenge=challenge, name=name, now=now) if challenge else None
        if device is not None:
            changes.use(proof, owner, Purpose.ENROLL_FACTOR, FactorKind.PASSKEY, now=now)
            note_change(Action.FACTOR_ADDED, owner, device, said="passkey_added", now=now)
    if device is None:
        raise WrongCode
    attempts.give_back(account.pk, Purpose.ENROLL_FACTOR, now=now)
    return device


def make_backup_codes(account: Account, *, proof: StepUpProof, now: datetime) -> list[str]:
    """Return ten new codes, to be shown this once; those before stop working. Raises ProofRefused, ClosureOpen."""
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=account.pk)
        closing.check_none_open(owner)
        changes.use(proof, owner, Purpose.BACKUP_CODES, now=now)
        device, plain, replaced = backup.new_set(owner, now=now)
        action = Action.FACTOR_REPLACED if replaced else Action.FACTOR_ADDED
        note_change(action, owner, device, said="backup_codes_made", now=now)
    return plain


def note_change(action: Action, owner: Account, device: BaseDevice, *, said: str, now: datetime) -> None:
    """Journal what became of a factor and tell every contact, in the transaction of the change (M04, D08)."""
    record(
        action,
        actor=themselves(owner),
        at=now,
        account=owner,
        data={"factor": device.kind.value, "device": str(device.pk)},
    )
    contacts.tell(contacts.current(owner), owner, "security_change", {"what": said, "at": now}, now=now)


def _turn_on(device: BaseDevice, owner: Account, *, now: datetime) -> None:
    same: Any = type(device).objects.filter(user=owner)
    before = same.filter(confirmed=True).exclude(pk=device.pk)
    replaces = before.exists()
    if replaces:
        closing.check_none_open(owner)
        before.delete()
    same.filter(pk=device.pk).update(confirmed=True)
    device.confirmed = True
    action = Action.FACTOR_REPLACED if replaces else Action.FACTOR_ADDED
    said = "authenticator" if device.kind is FactorKind.TOTP else device.kind.value
    note_change(action, owner, device, said=f"{said}_{'replaced' if replaces else 'added'}", now=now)


def _challenge(proof: StepUpProof, made: str, *, now: datetime) -> str | None:
    try:
        return passkeys.spend_registration(proof.step_up_id, made, now=now)
    except WrongCode:
        return None


def _registered(owner: Account, made: str, *, challenge: str, name: str, now: datetime) -> Passkey | None:
    try:
        with transaction.atomic():
            return passkey.register(owner, made, challenge=challenge, name=clean_name(name), now=now)
    except (*REFUSED, IntegrityError):
        return None


def themselves(owner: Account) -> Actor:
    """Return the owner as who acts."""
    return Actor.staff(owner) if owner.is_staff else Actor.customer(owner)


def clean_name(name: str) -> str:
    """Return a name of a factor as it is kept; raises NotAllowed for none."""
    plain = " ".join(name.split())[:MAX_NAME]
    if not plain:
        raise NotAllowed(_("Give it a name."))
    return plain
