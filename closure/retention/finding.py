"""Finding a sealed identity again, by fingerprints that only its month's key makes (F08)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from accounts import keys as ring
from accounts.enums import IdentifierKind
from accounts.fingerprints import fingerprint
from closure.retention import holding
from closure.retention.cipher import MonthKey
from closure.retention.enums import MonthState
from closure.retention.exceptions import KeyGone, Unreadable
from closure.retention.models import ArchivePrint, PurgeMonth
from closure.retention.months import Keys


def find(kind: IdentifierKind, normal_value: str, *, now: datetime) -> list[UUID]:
    """Return the accounts, in order, whose sealed identity had this identifier (F08), by every month's own key.

    Raises KeyGone or Unreadable when a month's key does not open: nobody found would then mean nothing.
    """
    bases = [fingerprint(kind, normal_value, version) for version in ring.versions()]
    generations = _generations()
    try:
        wanted = [key.fingerprint(base) for key in _month_keys(generations) for base in bases]
        rows = ArchivePrint.objects.filter(kind=kind, fingerprint__in=wanted)
        found = list(rows.select_related("record").defer("record__box"))
    except (KeyGone, Unreadable):
        if _generations() == generations:
            raise
        found = []
    if _generations() != generations:
        return find(kind, normal_value, now=now)  # keys changed while we looked
    opens = {each.account_id for each in found if now < each.record.expires_at or holding.is_held(each.record)}
    return sorted(opens)


def _generations() -> dict[str, int]:
    rows = PurgeMonth.objects.filter(state=MonthState.OPEN).order_by("month")
    return dict(rows.values_list("month", "generation"))


def _month_keys(generations: Mapping[str, int]) -> Iterator[MonthKey]:
    """Yield every key in use: where a month is being renewed its older ones too."""
    keys = Keys()
    for month, newest in generations.items():
        for generation in {newest, *keys.store.generations(month)}:
            try:
                yield keys.get(month, generation)
            except KeyGone:
                if generation == newest:
                    raise
