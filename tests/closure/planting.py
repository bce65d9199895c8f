"""Plants a value in every column that closing has to empty, and looks for it in all that is stored."""

import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from accounts.enums import CaseKind, InvitationCause, InvitedTo, NoticeMatter, RecoveryState, RestrictionKind
from accounts.models import Account, Case, Note
from closure.effects import SUPERSEDED, EffectKind
from closure.enums import EffectState, EvidenceKind, ReactivationState, TransactionKind
from closure.models import CheckRun, Effect
from closure.restore import scan
from closure.retention.fields import CLASSES, FieldClass, ModelClass

PLANTED = "planted-7Q"
# Where other columns hold of one kind of row alone, or the journal says of which kind a row was.
GIVEN: dict[str, dict[str, Any]] = {
    "accounts.DormancyNotice": {"matter": NoticeMatter.UNCLAIMED},
    "accounts.FactorRecovery": {"state": RecoveryState.ENDED},
    "accounts.RecoveryInvitation": {"opens": InvitedTo.RECOVER, "cause": InvitationCause.STAFF},
    "accounts.Matter": {"accepted_at": None, "accepted_by": None},
    "accounts.Restriction": {"kind": RestrictionKind.FAILED_VERIFICATION},
    "closure.Evidence": {"kind": EvidenceKind.NOTE},
    # A key that works stops a closing, and a history is believed when it can be read.
    "closure.LedgerApiKey": {"revoked": True},
    "closure.LedgerTransaction": {"kind": TransactionKind.DEPOSIT, "amount": "1", "fee": "0"},
    "closure.Reactivation": {"state": ReactivationState.DRAFT},
    "closure.Readmission": {"dropped_at": None, "dropped_by": None},
}
_numbers = count(1)


def plant(account: Account, now: datetime) -> list[str]:
    """Give the account one row in every table that is deleted with it, full of the value; returns the tables."""
    planted = []
    pointed_at(account, now)
    # Tables that point at others come after them.
    for label, classed in sorted(CLASSES.items(), key=lambda entry: (points_at_others(entry), entry[0])):
        model = apps.get_model(label)
        if classed.account is None:
            continue
        if classed.delete and not model._base_manager.filter(**{classed.account: account.pk}).exists():
            model._base_manager.create(**row(model, classed, account, now))
            planted.append(label)
    CheckRun.objects.filter(account=account).update(result={"blockers": [], "warnings": [], "found": PLANTED})
    Account.objects.filter(pk=account.pk).update(name=PLANTED, region=PLANTED[:10])
    Note.objects.filter(account_id=account.pk).update(text=PLANTED)
    return planted


def pointed_at(account: Account, now: datetime) -> None:
    """Give the account a case, and a call that nobody has to make: rows of other tables point at them."""
    Case.objects.get_or_create(kind=CaseKind.OTHER, account_id=account.pk, defaults={"created_at": now})
    over = {"state": EffectState.DONE, "last_error": SUPERSEDED, "created_at": now, "due_at": now, "done_at": now}
    key = f"planted:{account.pk}"
    Effect.objects.get_or_create(key=key, account_id=account.pk, kind=EffectKind.FREEZE, defaults=over)


def points_at_others(entry: tuple[str, ModelClass]) -> bool:
    """Tell whether rows of a table need rows of another one."""
    label, classed = entry
    fields = apps.get_model(label)._meta.concrete_fields
    return any(
        isinstance(field, models.ForeignKey) and not field.null and field.attname != classed.account for field in fields
    )


def row(model: type[models.Model], classed: ModelClass, account: Account, now: datetime) -> dict[str, Any]:
    """Return the values of a new row of an account, full of the value."""
    values: dict[str, Any] = {}
    for name, of in classed.fields.items():
        field = model._meta.get_field(name)
        # An account's rows find their shard themselves: in another one, the core would not see them.
        if of is FieldClass.KEEP or field.primary_key or field.attname in {classed.account, "shard"}:  # type: ignore[union-attr]
            continue
        values[name] = _value(field, now)
    return {**values, **GIVEN.get(model._meta.label, {}), str(classed.account): account.pk}


def _value(field: Any, now: datetime) -> Any:
    if isinstance(field, models.ForeignKey):
        return None if field.null else field.related_model._base_manager.latest("pk")
    number = next(_numbers)
    by_kind: tuple[tuple[Any, Any], ...] = (
        (models.JSONField, {"text": PLANTED}),
        (models.CharField | models.TextField, f"{PLANTED}{number}"[: field.max_length or 99]),
        (models.BinaryField, f"{PLANTED}{number}".encode()),
        (models.DateTimeField, now),
        (models.DateField, now.date()),
        (models.DurationField, timedelta(days=1)),
        (models.UUIDField, UUID(int=number)),
        (models.BooleanField, False),
        (models.IntegerField, 1),
    )
    return next(value for kind, value in by_kind if isinstance(field, kind))


def stored() -> Iterator[tuple[str, bytes]]:
    """Yield everything that is stored: each table with its values as bytes, and the files of an embedded database."""
    yield from scan.tables()
    yield (
        "what the queue will run",
        b"".join(scan.as_bytes(SignedPackage.loads(row.payload)) for row in OrmQ.objects.all()),
    )
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        file = Path(str(connection.settings_dict["NAME"]))
        yield from ((path.name, contents(path)) for path in file.parent.glob(f"{file.name}*"))


def contents(path: Path) -> bytes:
    """Return what a file of the embedded database holds, read by another process.

    A process that closes such a file loses the locks that its connections hold on it. Whoever connects next takes
    itself for the only one, and removes the write-ahead log under the others' feet: "disk I/O error" from then on.
    """
    return subprocess.run(["cat", path], check=True, stdout=subprocess.PIPE).stdout


def places(*needles: str) -> list[tuple[str, str]]:
    """Return where any of these can still be read."""
    return [(place, needle) for place, kept in stored() for needle in needles if needle.encode() in kept]
