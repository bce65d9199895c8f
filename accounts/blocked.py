"""The block list: identifiers of closed accounts that nobody can use before a date, as fingerprints only (group G).

A block ends by itself at its date, to the microsecond; deleting its row later is housekeeping (accounts.block_expiry).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

from accounts import keys
from accounts.enums import IdentifierKind
from accounts.fingerprints import every, fingerprint
from accounts.models import BlockedIdentity

# Blocked for ever, or for as long as an archive is held: there is no date to tell.
NO_END = datetime.max.replace(tzinfo=UTC)
BATCH = 500
Key = tuple[UUID, IdentifierKind]


class HeldAccounts(Protocol):
    """Says which of these accounts are under something that keeps their records beyond every date (H05)."""

    def __call__(self, account_ids: Collection[UUID]) -> set[UUID]: ...


def nobody_is_held(account_ids: Collection[UUID]) -> set[UUID]:  # noqa: ARG001  (the default asks nothing)
    """Hold nobody."""
    return set()


_held: HeldAccounts = nobody_is_held


def set_held(source: HeldAccounts) -> None:
    """Plug in the holds of a higher floor; `nobody_is_held` puts the default back."""
    global _held  # noqa: PLW0603  (wiring is process-wide, done once at start)
    _held = source


def held(account_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these accounts are held."""
    return _held(account_ids) if account_ids else set()


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One identifier to block: as it is fingerprinted already, because most of them are known in no other form."""

    account_id: UUID
    file_id: UUID
    kind: IdentifierKind
    fingerprint: bytes
    key_version: int
    until: datetime
    while_archived: bool = False
    review_every: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class Blocked:
    """What a closure blocked, for its receipt and its last mail; `until` says nothing where `for_ever`."""

    kind: IdentifierKind
    until: datetime
    for_ever: bool


def block(entries: Sequence[Entry], *, now: datetime) -> None:
    """Block identifiers from `now`, the closing, on; set-based. Run again it moves a date later, never earlier.

    The closures of the entries are locked by the caller's transaction.
    """
    rows = BlockedIdentity.objects.filter(file_id__in={entry.file_id for entry in entries})
    known: dict[Key, BlockedIdentity] = {(row.file_id, IdentifierKind(row.kind)): row for row in rows}
    new = [entry for entry in entries if (entry.file_id, entry.kind) not in known]
    BlockedIdentity.objects.bulk_create(_row(entry, now) for entry in new)
    dates = {(entry.file_id, entry.kind): entry.until for entry in entries}
    _move_later(list(known.values()), dates, counted_from=now)


def _row(entry: Entry, now: datetime) -> BlockedIdentity:
    return BlockedIdentity(
        account_id=entry.account_id,
        file_id=entry.file_id,
        kind=entry.kind,
        fingerprint=entry.fingerprint,
        key_version=entry.key_version,
        counted_from=now,
        blocked_until=entry.until,
        while_archived=entry.while_archived,
        review_every=entry.review_every,
    )


def postpone(file_ids: Collection[UUID], *, closed_at: datetime) -> int:
    """Count the blocks of closures that ended later than foreseen from their real end (G04); returns how many moved.

    Blocks that end with an archive move with it (`keep_while_archived`).
    """
    rows = BlockedIdentity.objects.filter(file_id__in=file_ids, counted_from__lt=closed_at, while_archived=False)
    moved = list(rows)
    dates = {
        (row.file_id, IdentifierKind(row.kind)): row.blocked_until + (closed_at - row.counted_from) for row in moved
    }
    return _move_later(moved, dates, counted_from=closed_at)


def keep_while_archived(dates: Mapping[UUID, datetime]) -> int:
    """Move blocks that end with an archive to its new end, later only; `dates` by closure. Returns how many moved."""
    rows = list(BlockedIdentity.objects.filter(file_id__in=dates, while_archived=True))
    return _move_later(rows, {(row.file_id, IdentifierKind(row.kind)): dates[row.file_id] for row in rows})


def _move_later(
    rows: Sequence[BlockedIdentity], dates: Mapping[Key, datetime], *, counted_from: datetime | None = None
) -> int:
    moved = []
    for row in rows:
        until = dates.get((row.file_id, IdentifierKind(row.kind)), row.blocked_until)
        # What two people released stays free.
        if until > row.blocked_until and row.released_at is None:
            row.blocked_until, row.counted_from = until, counted_from or row.counted_from
            moved.append(row)
    BlockedIdentity.objects.bulk_update(moved, ["blocked_until", "counted_from"], batch_size=BATCH)
    return len(moved)


def until(kind: IdentifierKind, normal: str, *, now: datetime) -> datetime | None:
    """Return until when an identifier, in its normal form, is blocked from every account; None when it is free.

    NO_END stands for no date. Of several blocks the latest date counts. A block found under an older key gets a
    fingerprint under the newest one: only now is its plain value there to make one.
    """
    rows = list(BlockedIdentity.objects.filter(kind=kind, fingerprint__in=every(kind, normal)))
    _renew([row for row in rows if row.key_version != keys.newest_version()], kind, normal)
    return max(_ends(rows, now), default=None)


def _renew(rows: Sequence[BlockedIdentity], kind: IdentifierKind, normal: str) -> None:
    if rows:
        BlockedIdentity.objects.filter(pk__in=[row.pk for row in rows]).update(
            fingerprint=fingerprint(kind, normal), key_version=keys.newest_version()
        )


def _ends(rows: Sequence[BlockedIdentity], now: datetime) -> list[datetime]:
    """Return the ends of those that stand."""
    over = [row for row in rows if row.for_ever_at is None and row.blocked_until <= now]
    kept = held({row.account_id for row in over if row.while_archived and row.released_at is None})
    dated = [NO_END if row.for_ever_at else row.blocked_until for row in rows if row not in over]
    return dated + [NO_END for row in over if row.while_archived and row.account_id in kept]


def of_files(file_ids: Collection[UUID]) -> dict[UUID, list[Blocked]]:
    """Return what each closure blocked, in the order of the kinds, less what was released; one query for all."""
    found: dict[UUID, list[Blocked]] = {key: [] for key in file_ids}
    for row in BlockedIdentity.objects.filter(file_id__in=file_ids, released_at=None):
        kind, for_ever = IdentifierKind(row.kind), row.for_ever_at is not None
        found[row.file_id].append(Blocked(kind=kind, until=row.blocked_until, for_ever=for_ever))
    for blocks in found.values():
        blocks.sort(key=lambda each: list(IdentifierKind).index(each.kind))
    return found


def stands(row: BlockedIdentity, *, now: datetime) -> bool:
    """Tell whether one block stands."""
    return bool(_ends([row], now))
