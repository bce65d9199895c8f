"""Verifies the journal: stored bytes against their keyed leaves, columns against bytes, and each account's chain."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from typing import Any
from uuid import UUID

from accounts.journal import leaf_hash, note_digest
from accounts.models import Account, Event, Note

CHUNK = 2000
COLUMNS = ("id", "account_id", "at", "actor", "action", "body", "key_version", "leaf")
# An account that writes while it is looked at is looked at again; it cannot write faster than that for long.
LOOKS = 5
LOOSE = "the event before it was removed, added or moved"


@dataclass(frozen=True)
class Break:
    """The first thing wrong: which event or account, and what."""

    subject: str
    problem: str


def verify() -> tuple[int, Break | None]:
    """Walk the whole journal, account by account; return events checked and the first break, or None.

    Each account's chain is followed by its hashes, never by the order of keys: keys are made by the clocks of many
    machines, and a clock that was set back breaks no honest chain.
    """
    heads: dict[UUID, bytes] = {}
    count = 0
    for account_id, events in groupby(_events(), key=lambda event: event.account_id):
        chained: dict[bytes, Any] = {}
        for event in events:
            count += 1
            if problem := _problem(event, chained):
                return count, Break(f"event {event.id}", problem)
        if account_id is not None:
            heads[account_id] = _follow(chained)
            if chained:
                return count, Break(f"event {next(iter(chained.values())).id}", LOOSE)
    return count, _head_problem(heads) or _note_problem()


def _events(**facts: Any) -> Iterator[Any]:
    rows = Event.objects.filter(**facts).order_by("account_id", "id")
    return rows.values_list(*COLUMNS, named=True).iterator(chunk_size=CHUNK)


def _follow(chained: dict[bytes, Any]) -> bytes:
    """Take the events of one account in the order of their hashes and return the last hash; what is left is loose."""
    head = b""
    while (event := chained.pop(head, None)) is not None:
        head = bytes(event.leaf)
    return head


def _problem(event: Any, chained: dict[bytes, Any]) -> str | None:
    """Return what is wrong with an event, or None, and sort it into its account's chain by the hash before it."""
    told = _told(event)
    if isinstance(told, str):
        return told
    columns = (str(event.id), event.action, event.actor, str(event.account_id) if event.account_id else None)
    if columns != (told["id"], told["action"], told["actor"], told["account"]):
        return "its columns differ from its signed bytes"
    if told["at"] != event.at:
        return "its time differs from its signed bytes"
    if told["previous"] is None or event.account_id is None:
        return None
    # Two after the same one are a fork.
    return LOOSE if chained.setdefault(told["previous"], event) is not event else None


def _told(event: Any) -> dict[str, Any] | str:
    """Return what the bytes of an event tell, time and hash read, or what is wrong with them."""
    body = bytes(event.body)
    try:
        expected = leaf_hash(body, event.key_version)
    except KeyError:
        return f"its key, version {event.key_version}, is not on the ring"
    if expected != bytes(event.leaf):
        return "its bytes do not match its keyed hash"
    try:
        told = json.loads(body)
        named = {name: told[name] for name in ("id", "action", "actor", "account")}
        previous = None if told["previous"] is None else bytes.fromhex(told["previous"])
        return {**named, "at": datetime.fromisoformat(told["at"]), "previous": previous}
    except (ValueError, TypeError, KeyError):
        return "its bytes are no event"


def _head_problem(heads: dict[UUID, bytes]) -> Break | None:
    known = Account.objects.order_by("id").values_list("id", "journal_head").iterator(chunk_size=CHUNK)
    for account_id, head in known:
        if heads.get(account_id, b"") != bytes(head) and not _ends_in_its_head(account_id):
            return Break(f"account {account_id}", "its last event is missing or was replaced")
    return None


def _ends_in_its_head(account_id: UUID) -> bool:
    """Tell of one account, read at once, whether its chain ends in its head: it may have written meanwhile."""
    for _look in range(LOOKS):
        head = Account.objects.values_list("journal_head", flat=True).get(pk=account_id)
        chained: dict[bytes, Any] = {}
        if any(_problem(event, chained) for event in _events(account_id=account_id)):
            return False
        if _follow(chained) == bytes(head):
            return True
    return False


def _note_problem() -> Break | None:
    notes = Note.objects.order_by("id").iterator(chunk_size=CHUNK)
    while chunk := list(islice(notes, CHUNK)):
        events = Event.objects.in_bulk([note.event_id for note in chunk])
        for note in chunk:
            event = events.get(note.event_id)
            if event is None:
                return Break(f"note {note.pk}", "its event does not exist")
            if json.loads(bytes(event.body)).get("note") != note_digest(note.text, bytes(note.salt)):
                return Break(f"event {event.pk}", "its note was changed")
    return None
