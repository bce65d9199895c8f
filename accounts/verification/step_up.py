"""A verification as a row: bound to account, purpose and digest of the action, open for a window, used once (D02, D07).

`begin` opens it, `challenge` sends codes, `answer` takes them, `prove` turns a complete one into the proof an operation
asks for, `consume` uses it up inside that operation's transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import django_otp
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts import codes
from accounts.enums import SECOND_FACTORS, FactorKind, Purpose
from accounts.exceptions import NotAllowed, ProofRefused, VerificationExpired, WrongCode
from accounts.models import Account, BaseDevice, OneTimeCode, StepUp
from accounts.recovering import ending
from accounts.verification import attempts, counting
from accounts.verification.factors import sending


@dataclass(frozen=True, kw_only=True)
class FactorState:
    """One enrolled factor of a ceremony; `state` is "open", "sent" or "passed"."""

    id: str
    kind: FactorKind
    state: str
    hint: str


@dataclass(frozen=True, kw_only=True)
class StepUpProof:
    """What an operation asks for instead of a promise; made by `prove` alone."""

    step_up_id: UUID
    account_id: UUID
    purpose: Purpose
    digest: bytes
    kinds: frozenset[FactorKind]


def begin(
    account: Account,
    *,
    purpose: Purpose,
    digest: bytes,
    kinds: frozenset[FactorKind],
    needed: int,
    second_factor_required: bool,
    window: timedelta,
    extensions: int,
    now: datetime,
) -> StepUp:
    """Open a verification and replace the one that is open for the same account and purpose."""
    with transaction.atomic():
        # The account's lock keeps two beginnings apart; the row's constraint allows one open verification.
        Account.objects.select_for_update().only("pk").get(pk=account.pk)
        _open_rows().filter(account_id=account.pk, purpose=purpose).update(replaced_at=now)
        return StepUp.objects.create(
            account=account,
            purpose=purpose,
            digest=digest,
            kinds=sorted(kind.value for kind in kinds),
            needed=needed,
            second_factor_required=second_factor_required,
            window_seconds=int(window.total_seconds()),
            extensions_left=extensions,
            created_at=now,
            expires_at=now + window,
        )


def current(account_id: UUID, purpose: Purpose) -> StepUp | None:
    """Return the verification that is neither used nor replaced, run out or not; None when there is none."""
    return _open_rows().filter(account_id=account_id, purpose=purpose).select_related("account").first()


def factors(step_up: StepUp) -> list[FactorState]:
    """Return every confirmed factor of an accepted kind, in the order of their classes."""
    passed = {entry["device"] for entry in step_up.passed}
    sent = set(
        OneTimeCode.objects.filter(step_up_id=step_up.pk, used_at=None, expires_at__gt=F("created_at")).values_list(
            "device_id", flat=True
        )
    )
    return [
        FactorState(
            id=str(device.id),
            kind=device.kind,
            state="passed" if str(device.id) in passed else "sent" if device.id in sent else "open",
            hint=_hint(device, step_up.account),
        )
        for device in _devices(step_up)
    ]


def challenge(step_up: StepUp, device_id: UUID | str, *, now: datetime) -> None:
    """Send a code to one factor; raises VerificationExpired, WrongCode (no such factor), TooManyAttempts, NotAllowed.

    The message is counted first, so this must not be called inside a transaction.
    """
    check_open(StepUp.objects.get(pk=step_up.pk), now)
    asked = device_of(step_up, device_id)
    if asked is not None:
        sending.spend(asked, step_up.account, now=now)
    with transaction.atomic():
        # Account before verification, the order of every operation: the code's foreign key locks the account too.
        Account.objects.select_for_update().only("pk").get(pk=step_up.account_id)
        locked = lock(step_up)
        check_open(locked, now)
        device = device_of(locked, device_id)
        if device is None:
            raise WrongCode
        sending.send_code(locked, device, locked.account, now=now)


def answer(step_up: StepUp, device_id: UUID | str, code: str, *, now: datetime) -> StepUp:
    """Take the code of one factor and return the verification as it stands then.

    The attempt is spent and committed first, and given back when the code was right; so this must not be called inside
    a transaction. Raises WrongCode, TooManyAttempts, VerificationExpired.
    """
    check_open(StepUp.objects.get(pk=step_up.pk), now)
    attempts.spend(step_up.account_id, step_up.purpose, now=now)
    with transaction.atomic():
        locked = lock(step_up)
        check_open(locked, now)
        right = _verified(locked, device_id, code, now)
    if not right:
        raise WrongCode
    attempts.give_back(step_up.account_id, step_up.purpose, now=now)
    return locked


def extend(step_up: StepUp, *, now: datetime) -> StepUp:
    """Add one window to the time left; raises VerificationExpired, or NotAllowed when every extension is used."""
    with transaction.atomic():
        locked = lock(step_up)
        check_open(locked, now)
        if locked.extensions_left == 0:
            raise NotAllowed(_("You have had all the extra time there is."), code="no_extension_left")
        locked.expires_at += timedelta(seconds=locked.window_seconds)
        locked.extensions_left -= 1
        locked.save(update_fields=["expires_at", "extensions_left"])
    return locked


def is_in_time(step_up: StepUp, now: datetime) -> bool:
    """Tell whether the window is open; never before it was opened: a clock set back an hour reopens nothing."""
    return step_up.created_at - codes.SKEW <= now < step_up.expires_at


def is_complete(step_up: StepUp, now: datetime) -> bool:
    """Tell whether enough different factors were given in time, a second factor among them where one is asked."""
    kinds = _passed_kinds(step_up)
    return (
        step_up.used_at is None
        and step_up.replaced_at is None
        and is_in_time(step_up, now)
        and len(kinds) >= step_up.needed
        and (not step_up.second_factor_required or bool(kinds & SECOND_FACTORS))
    )


def prove(step_up: StepUp, *, account: Account, purpose: Purpose, digest: bytes, now: datetime) -> StepUpProof:
    """Return the proof for exactly this account, purpose and action; raises ProofRefused (invariant 12)."""
    kept = StepUp.objects.filter(pk=step_up.pk, account_id=account.pk, purpose=purpose).first()
    if kept is None or bytes(kept.digest) != bytes(digest) or not is_complete(kept, now):
        raise ProofRefused
    still_there = {str(device.id) for device in _devices(kept)}
    if not {entry["device"] for entry in kept.passed} <= still_there:
        raise ProofRefused
    return StepUpProof(
        step_up_id=kept.pk, account_id=account.pk, purpose=purpose, digest=bytes(digest), kinds=_passed_kinds(kept)
    )


def consume(proof: StepUpProof, *, now: datetime) -> None:
    """Use a proof up, inside the transaction of the operation it authorizes; raises ProofRefused when it was used.

    What was given is not lost: a recovery that says so ends.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a proof is used in the transaction of what it authorizes")
    rows = _open_rows().filter(pk=proof.step_up_id, account_id=proof.account_id, purpose=proof.purpose)
    in_time = rows.filter(digest=proof.digest, expires_at__gt=now, created_at__lte=now + codes.SKEW)
    if in_time.update(used_at=now) != 1:
        raise ProofRefused
    ending.factor_used(proof.account_id, proof.kinds, now=now)


def _open_rows() -> QuerySet[StepUp]:
    return StepUp.objects.filter(used_at=None, replaced_at=None)


def lock(step_up: StepUp) -> StepUp:
    """Return the row as it stands, locked; the account's lock comes first where one is needed too."""
    return StepUp.objects.select_for_update(of=("self",)).select_related("account").get(pk=step_up.pk)


def check_open(step_up: StepUp, now: datetime) -> None:
    """Raise VerificationExpired for one that is used, replaced or out of time."""
    if step_up.used_at is not None or step_up.replaced_at is not None or not is_in_time(step_up, now):
        raise VerificationExpired


def _verified(locked: StepUp, device_id: UUID | str, code: str, now: datetime) -> bool:
    """Check a code against its device and note the pass; the window starts with the first factor."""
    device = device_of(locked, device_id)
    if device is None:
        return False
    typed = codes.Answer(code=device.read(code), step_up_id=locked.pk, purpose=locked.purpose, now=now)
    if django_otp.verify_token(locked.account, device.persistent_id, typed) is None:
        return False
    if not locked.passed:
        # What was given so far in all: one window, and one for each extension asked for already.
        locked.expires_at = now + (locked.expires_at - locked.created_at)
    others = [entry for entry in locked.passed if entry["device"] != str(device.id)]
    locked.passed = [*others, {"device": str(device.id), "kind": device.kind.value, "at": now.isoformat()}]
    locked.save(update_fields=["passed", "expires_at"])
    return True


def _passed_kinds(step_up: StepUp) -> frozenset[FactorKind]:
    return frozenset(FactorKind(entry["kind"]) for entry in step_up.passed)


def _devices(step_up: StepUp) -> list[BaseDevice]:
    """Return the devices of accepted kinds that count."""
    return counting.devices(step_up.account_id, step_up.kinds, step_up.purpose)


def device_of(step_up: StepUp, device_id: UUID | str) -> BaseDevice | None:
    """Return one of its factors."""
    return next((device for device in _devices(step_up) if str(device.id) == str(device_id)), None)


def _hint(device: BaseDevice, account: Account) -> str:
    sender = sending.SENDERS.get(device.kind)
    return str(sender.hint(account)) if sender else device.name
