"""The journal for keeping elsewhere: lines, each with a digest that covers those before it too (docs/journal.md)."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from accounts import checkpoints, journal_tree, merkle
from accounts.journal import canonical
from accounts.models import Checkpoint, Event, JournalLeaf

CHUNK = 1000
Line = dict[str, Any]


class NotSealed(Exception):
    """There is nothing sealed to prove; its words say what is missing."""


def chained(lines: Iterator[Line]) -> Iterator[Line]:
    """Yield the lines with their digests, and a last one that counts them: cut off anywhere, an export lacks it."""
    digest, counts = bytes(32), Counter[str]()
    for line in lines:
        counts[line["type"]] += 1
        digest = line_digest(digest, line)
        yield {**line, "digest": digest.hex()}
    events = counts["event"] + counts["inclusion"]
    last = {"type": "summary", "events": events, "checkpoints": counts["checkpoint"]}
    yield {**last, "digest": line_digest(digest, last).hex()}


def line_digest(before: bytes, line: Line) -> bytes:
    """Return the digest of a line, given without its own: over that of the line before it, and its canonical form."""
    return hashlib.sha256(before + canonical(line)).digest()


def lines(*, since: int = 0, checkpoints_only: bool = False) -> Iterator[Line]:
    """Yield the sealed events from position `since` on, and after each batch the checkpoint that signed it.

    Raises NotSealed where the journal ends before `since`.
    """
    at = since
    if since and since > (end := _newest().tree_size):
        raise NotSealed(f"the journal ends at {end}, before {since}: it was cut off, or an old backup was restored")
    for checkpoint in Checkpoint.objects.filter(tree_size__gt=since).order_by("tree_size").iterator(chunk_size=CHUNK):
        while at < checkpoint.tree_size and not checkpoints_only:
            stop = min(at + CHUNK, checkpoint.tree_size)
            yield from _events(at, stop)
            at = stop
        yield {"type": "checkpoint", "tree_size": checkpoint.tree_size, "note": checkpoint.note}


def inclusion(event_id: UUID) -> Line:
    """Return the proof that an event is in the journal that the newest checkpoint signed; raises NotSealed."""
    proof = next(inclusions([event_id]), None)
    if proof is None:
        there = Event.objects.filter(pk=event_id).exists()
        raise NotSealed("this event is not sealed yet" if there else "there is no such event")
    return proof


def inclusions(event_ids: Collection[UUID]) -> Iterator[Line]:
    """Yield the proofs of those of these events that are sealed, in their places, all for one newest checkpoint."""
    places = dict(JournalLeaf.objects.filter(event_id__in=event_ids).values_list("position", "event_id"))
    events, stored = Event.objects.in_bulk(list(places.values())), journal_tree.stored()
    newest = checkpoints.newest()
    for place, event_id in sorted(places.items()):
        event = events.get(event_id)
        if event is None or newest is None:
            raise NotSealed("it was sealed and is gone: run verify_journal")
        path = merkle.inclusion_path(stored, place, newest.tree_size)
        yield {
            "type": "inclusion",
            "event": _event_line(place, event_id, bytes(event.leaf), bytes(event.body)),
            "note": newest.note,
            "path": [step.hex() for step in path],
        }


def consistency(old_size: int) -> Line:
    """Return the proof that the journal of this size is the beginning of that of the newest checkpoint.

    Raises NotSealed where no checkpoint of ours has this size.
    """
    old = Checkpoint.objects.filter(tree_size=old_size).first()
    if old is None:
        raise NotSealed(f"no checkpoint signed {old_size} events")
    newest = _newest()
    path = merkle.consistency_path(journal_tree.stored(), old_size, newest.tree_size)
    return {
        "type": "consistency",
        "old_note": old.note,
        "note": newest.note,
        "path": [step.hex() for step in path],
    }


def _newest() -> Checkpoint:
    newest = checkpoints.newest()
    if newest is None:
        raise NotSealed("no event is sealed yet")
    return newest


def _events(start: int, stop: int) -> Iterator[Line]:
    places = JournalLeaf.objects.filter(position__gte=start, position__lt=stop).order_by("position")
    named = list(places.values_list("position", "event_id"))
    events = Event.objects.filter(pk__in=[pk for _place, pk in named]).values_list("pk", "leaf", "body")
    found = {pk: (bytes(leaf), bytes(body)) for pk, leaf, body in events}
    for place, pk in named:
        yield _event_line(place, pk, *found[pk])


def _event_line(place: int, event_id: UUID, leaf: bytes, body: bytes) -> Line:
    told = {"type": "event", "position": place, "id": str(event_id)}
    return {**told, "leaf": leaf.hex(), "body": body.decode()}
