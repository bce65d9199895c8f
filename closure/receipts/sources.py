"""What the archive and the block list tell of closures, by the keys of their files.

Neither is built yet (closure.finalization.plan.UNBUILT). Until they are, nothing is sealed and nothing is blocked, and
receipts say exactly that.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from closure.receipts.document import Blocked, Kept


def kept(file_ids: Iterable[UUID]) -> Mapping[UUID, Sequence[Kept]]:
    """Return what is sealed of each file."""
    return dict.fromkeys(file_ids, ())


def blocked(file_ids: Iterable[UUID]) -> Mapping[UUID, Sequence[Blocked]]:
    """Return which identifiers of each file are blocked."""
    return dict.fromkeys(file_ids, ())
