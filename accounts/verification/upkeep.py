"""Looking after factors: the list, names, removal. Never the last one, and never while a closure is open (A13)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import closing
from accounts.enums import SECOND_FACTORS, Action, FactorKind, Purpose
from accounts.exceptions import NotAllowed, PortalError
from accounts.journal import record
from accounts.models import DEVICE_CLASSES, Account, BaseDevice, Session
from accounts.verification import changes
from accounts.verification.enrollment import clean_name, note_change, themselves
from accounts.verification.factors import sending
from accounts.verification.step_up import StepUpProof

# Codes of a contact are named by the contact; a set of backup codes is one of a kind.
NAMED = frozenset({FactorKind.TOTP, FactorKind.PASSKEY})


class LastFactor(PortalError):
    """Without this one the account would have no second factor, or none at all."""

    code = "last_factor"

    def __init__(self) -> None:
        super().__init__(_("This is your last second factor. Add another one first, then remove this one."))


class UnknownFactor(PortalError):
    """The account has no such factor."""

    code = "unknown_factor"

    def __init__(self) -> None:
        super().__init__(_("This factor is not there any more."))


@dataclass(frozen=True, kw_only=True)
class Enrolled:
    """One confirmed factor as its owner sees it; `name` is theirs, or the masked contact."""

    id: UUID
    kind: FactorKind
    name: str
    since: datetime
    last_used_at: datetime | None
    may_rename: bool
    may_remove: bool


def enrolled(account: Account) -> list[Enrolled]:
    """Return the confirmed factors, in the order of their classes."""
    devices = _devices(account)
    return [
        Enrolled(
            id=device.pk,
            kind=device.kind,
            name=name_of(device, account),
            since=device.created_at,
            last_used_at=getattr(device, "last_used_at", None),
            may_rename=device.kind in NAMED,
            may_remove=not _is_last(device, devices),
        )
        for device in devices
    ]


def name_of(device: BaseDevice, account: Account) -> str:
    """Return what a factor is called: its contact, masked, or the name that its owner gave."""
    sender = sending.SENDERS.get(device.kind)
    if sender is not None:
        return str(sender.hint(account))
    return "" if device.name == device.kind.value else device.name


def find(account: Account, device_id: UUID) -> BaseDevice:
    """Return a confirmed factor of the account; raises UnknownFactor."""
    found = next((device for device in _devices(account) if device.pk == device_id), None)
    if found is None:
        raise UnknownFactor
    return found


def rename(account: Account, device_id: UUID, name: str, *, proof: StepUpProof, now: datetime) -> BaseDevice:
    """Give a factor another name; raises ProofRefused, UnknownFactor, NotAllowed. The name stays out of the journal."""
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=account.pk)
        device = find(owner, device_id)
        if device.kind not in NAMED:
            raise NotAllowed(_("This factor has no name of its own."))
        changes.use(proof, owner, Purpose.RENAME_FACTOR, str(device_id), now=now)
        device.name = clean_name(name)
        _rows(device).update(name=device.name)
        told = {"factor": device.kind.value, "device": str(device.pk)}
        record(Action.FACTOR_RENAMED, actor=themselves(owner), at=now, account=owner, data=told)
    return device


def remove(account: Account, device_id: UUID, *, proof: StepUpProof, keep: bytes | None, now: datetime) -> BaseDevice:
    """Remove a factor and end every session but the one whose key digest is `keep`.

    Raises ProofRefused, UnknownFactor, LastFactor, ClosureOpen; then nothing changed.
    """
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=account.pk)
        closing.check_none_open(owner)
        device = find(owner, device_id)
        if _is_last(device, _devices(owner)):
            raise LastFactor
        changes.use(proof, owner, Purpose.REMOVE_FACTOR, str(device_id), now=now)
        kind = device.kind
        _rows(device).delete()
        note_change(Action.FACTOR_REMOVED, owner, device, said=f"{kind.value}_removed", now=now)
        # Whoever signed in with a lost factor is signed in no more.
        Session.objects.filter(account_id=owner.pk).exclude(key_digest=keep or b"").delete()
    return device


def _rows(device: BaseDevice) -> Any:
    manager: Any = type(device).objects
    return manager.filter(pk=device.pk)


def _devices(account: Account) -> list[BaseDevice]:
    found: list[BaseDevice] = []
    for device_class in DEVICE_CLASSES:
        rows: Any = device_class.objects.filter(user=account, confirmed=True)
        found.extend(rows.order_by("id"))
    return found


def _is_last(device: BaseDevice, devices: list[BaseDevice]) -> bool:
    """Tell whether what remains would be nothing, or lack the second factor that there is now."""
    rest = [each for each in devices if each.pk != device.pk and each.kind is not FactorKind.BACKUP]
    if device.kind is FactorKind.BACKUP:
        return False
    return not rest or (device.kind in SECOND_FACTORS and not any(each.kind in SECOND_FACTORS for each in rest))
