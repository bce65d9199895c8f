"""How the seal of the journal stands: what is signed, what waits, what the last verification said (H07)."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts import checkpoints, journal_export, journal_tree, merkle, sealing
from accounts.audit import VERIFIED
from accounts.checkpoints import Forged
from accounts.journal_export import NotSealed
from accounts.models import Checkpoint, Event, JournalLeaf


@dataclass(frozen=True, kw_only=True)
class Verification:
    """When the whole journal was last verified, up to which checkpoint, and whether all was as signed."""

    at: datetime
    size: int
    well: bool


@dataclass(frozen=True, kw_only=True)
class Standing:
    """`waiting` events of the newest `of` are not sealed yet, the oldest of them since `since`."""

    newest: Checkpoint | None
    waiting: int
    of: int
    since: datetime | None
    verified: Verification | None


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a sealed event is, which checkpoint was the first to sign it, and whether the newest one's proof holds."""

    position: int
    signed_by: Checkpoint
    well: bool


def standing() -> Standing:
    """Return how the seal stands now."""
    waiting = list(sealing.waiting_lately().values_list("at", flat=True))
    return Standing(
        newest=checkpoints.newest(),
        waiting=len(waiting),
        of=sealing.LATELY,
        since=waiting[0] if waiting else None,
        verified=_last_verification(),
    )


def positions(event_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return the places of those events that are sealed."""
    leaves = JournalLeaf.objects.filter(event_id__in=event_ids)
    return dict(leaves.values_list("event_id", "position"))


def place_of(event: Event) -> Place | None:
    """Return where an event is sealed, its proof worked out anew; None for one that waits."""
    position = positions([event.pk]).get(event.pk)
    if position is None:
        return None
    # A place and the checkpoint that signs it are written together.
    first = Checkpoint.objects.filter(tree_size__gt=position).earliest("tree_size")
    return Place(position=position, signed_by=first, well=_is_proven(event, position))


def _is_proven(event: Event, position: int) -> bool:
    try:
        proof = journal_export.inclusion(event.pk)
        state = checkpoints.read(proof["note"])
    except (NotSealed, Forged, LookupError, ValueError):
        return False
    digest = merkle.leaf_digest(journal_tree.entry(bytes(event.leaf), bytes(event.body)))
    path = [bytes.fromhex(step) for step in proof["path"]]
    return merkle.is_included(digest, position, state.tree_size, state.root, path)


def _last_verification() -> Verification | None:
    event = Event.objects.filter(action=VERIFIED).order_by("-id").first()
    if event is None:
        return None
    told = json.loads(bytes(event.body))["data"]
    return Verification(at=event.at, size=told["size"], well=told["well"])
