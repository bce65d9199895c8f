"""What is held: standing legal holds, of an account or of one record, and what is not settled yet (H05, F08)."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.enums import TIPPING_OFF
from accounts.models import Restriction
from closure.retention.models import ArchiveRecord, Extension, LegalHold


def held(account_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these accounts are held whole: every record of them stays and opens."""
    return {key for some in owners() for key in some.filter(account_id__in=account_ids)}


def is_held(record: ArchiveRecord) -> bool:
    """Tell whether one record is held, by itself or with its account."""
    by_itself = _standing().filter(record_id=record.pk)
    return by_itself.exists() or bool(held([record.account_id]))


def of_law_or_risk(account_id: UUID) -> bool:
    """Tell whether a legal or risk hold stands on an account or a record of it: of that its owner is told nothing."""
    flagged = Restriction.objects.filter(account_id=account_id, lifted_at=None, kind__in=sorted(TIPPING_OFF))
    return _standing().filter(account_id=account_id).exists() or flagged.exists()


def held_records(records: QuerySet[ArchiveRecord], *, most: int) -> list[ArchiveRecord]:
    """Return at most so many of these records that are held, in order of their keys.

    Asked from the holds, of which there are few: each look goes by an index and never walks the records.
    """
    by_account = (records.filter(account_id__in=some) for some in owners())
    by_itself = records.filter(pk__in=_standing().filter(record_id__isnull=False).values("record_id"))
    return _first((*by_account, by_itself), most=most)


def owners() -> list[QuerySet[Any, UUID]]:
    """Return who is held whole, by what holds them: a risk flag on an account is one of these (invariant 19)."""
    holding: tuple[QuerySet[Any], ...] = (
        _standing().filter(record_id=None),
        Extension.objects.filter(closed_at=None),
        Restriction.objects.filter(lifted_at=None, kind__in=sorted(TIPPING_OFF)),
    )
    return [rows.values_list("account_id", flat=True) for rows in holding]


def _standing() -> QuerySet[LegalHold]:
    return LegalHold.objects.filter(lifted_at=None)


def _first(found: Iterable[QuerySet[ArchiveRecord]], *, most: int) -> list[ArchiveRecord]:
    each = {record.pk: record for rows in found for record in rows.defer("box")[:most]}
    return [each[key] for key in sorted(each)][:most]
