"""Archives made past the journey: sealed as the step does it, of people whom no other table knows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import keys as ring
from accounts.enums import IdentifierKind
from accounts.fingerprints import fingerprint
from accounts.ids import uuid7
from closure.retention import archive
from closure.retention.archive import ArchiveFile
from closure.retention.enums import RecordClass
from closure.retention.lines import line
from closure.retention.models import ArchiveRecord, LegalHold, PurgeMonth
from closure.retention.schedule import Terms
from portal.env import KeyRing

R = RecordClass
ANA = line("accounts.Account", {"name": "Ana Diaz"})
PARTS = (
    (R.IDENTITY, ANA),
    (R.CLOSURE_FILE, line("closure.ClosureRequest", {"state": "finalizing"})),
    (R.TRANSACTIONS, line("core.Transaction", {"kind": "trade"})),
)
USUAL = Terms(years={R.IDENTITY: 5, R.TRANSACTIONS: 7}, country="", may_lengthen=True)


def make_file(name: str = "ana", *, closed_at: datetime, **fields: Any) -> ArchiveFile:
    """Return the file of a person with an e-mail address; everything else is as usual."""
    normal = f"{name}@example.test"
    base = fingerprint(IdentifierKind.EMAIL, normal)
    given = {
        "account_id": uuid7(),
        "file_id": uuid7(),
        "closed_at": closed_at,
        "terms": USUAL,
        "parts": PARTS,
        "prints": ((IdentifierKind.EMAIL, base, ring.newest_version()),),
        **fields,
    }
    return ArchiveFile(**given)


def seal(files: Sequence[ArchiveFile], *, now: datetime) -> int:
    """Seal files in a transaction of their own."""
    with transaction.atomic():
        return archive.seal(files, now=now)


def sealed(name: str = "ana", *, now: datetime, **fields: Any) -> ArchiveFile:
    """Seal the file of a person who closes now."""
    file = make_file(name, closed_at=now, **fields)
    seal([file], now=now)
    return file


def record_of(file: ArchiveFile, record_class: RecordClass = R.IDENTITY, part: int = 0) -> ArchiveRecord:
    """Return one record of a file as it stands."""
    return ArchiveRecord.objects.get(file_id=file.file_id, record_class=record_class, part=part)


def hold(account_id: UUID, *, now: datetime, record_id: UUID | None = None) -> LegalHold:
    """Place a legal hold past the rules, its months locked as every hold does it."""
    with transaction.atomic():
        archive.lock_months(account_id)
        return LegalHold.objects.create(
            account_id=account_id,
            record_id=record_id,
            case_number="K-7",
            basis="court order",
            review_on=now.date(),
            placed_at=now,
            placed_by=uuid7(),
        )


def release(placed: LegalHold, *, now: datetime) -> None:
    """Lift a hold past the rules."""
    LegalHold.objects.filter(pk=placed.pk).update(
        lift_proposed_at=now, lift_proposed_by=uuid7(), lifted_at=now, lifted_by=uuid7()
    )


def months(state: str = "open") -> list[str]:
    """Return the months in a state, in order."""
    return list(PurgeMonth.objects.filter(state=state).order_by("month").values_list("month", flat=True))


def ring_of(*versions: int) -> KeyRing:
    """Return a ring of these versions, newest first; a version has the same key in every ring."""
    return KeyRing(tuple((version, bytes([version]) * 32) for version in versions))
