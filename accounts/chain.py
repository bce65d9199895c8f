"""Verifies the journal: stored bytes against their keyed leaves, columns against bytes, and each account's chain."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from accounts.journal import leaf_hash, note_digest
from accounts.models import Account, Event, Note

CHUNK = 2000
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
        chained: dict[bytes, Event] = {}
        for event in events:
            count += 1
            problem = _event_problem(event) or _link_problem(event, chained)
            if problem:
                return count, Break(f"event {event.pk}", problem)
        if account_id is not None:
            heads[account_id] = _follow(chained)
            if chained:
                return count, Break(f"event {next(iter(chained.values())).pk}", LOOSE)
    return count, _head_problem(heads) or _note_problem()


def _events() -> Iterator[Event]:
    return Event.objects.order_by("account_id", "id").iterator(chunk_size=CHUNK)


def _link_problem(event: Event, chained: dict[bytes, Event]) -> str | None:
    """Sort an event into its account's chain by the hash before it; two after the same one are a fork."""
    previous = json.loads(bytes(event.body))["previous"]
    if previous is None or event.account_id is None:
        return None
    return LOOSE if chained.setdefault(bytes.fromhex(previous), event) is not event else None


def _follow(chained: dict[bytes, Event]) -> bytes:
    """Take the events of one account in the order of their hashes and return the last hash; what is left is loose."""
    head = b""
    while (event := chained.pop(head, None)) is not None:
        head = bytes(event.leaf)
    return head


def _event_problem(event: Event) -> str | None:
    body = bytes(event.body)
    try:
        expected = leaf_hash(body, event.key_version)
    except KeyError:
        return f"its key, version {event.key_version}, is not on the ring"
    if expected != bytes(event.leaf):
        return "its bytes do not match its keyed hash"
    told = json.loads(body)
    columns = (str(event.pk), event.action, event.actor, str(event.account_id) if event.account_id else None)
    if columns != (told["id"], told["action"], told["actor"], told["account"]):
        return "its columns differ from its signed bytes"
    if datetime.fromisoformat(told["at"]) != event.at:
        return "its time differs from its signed bytes"
    return None


def _head_problem(heads: dict[UUID, bytes]) -> Break | None:
    known = Account.objects.order_by("id").values_list("id", "journal_head").iterator(chunk_size=CHUNK)
    for account_id, head in known:
        if heads.get(account_id, b"") != bytes(head):
            return Break(f"account {account_id}", "its last event is missing or was replaced")
    return None


def _note_problem() -> Break | None:
    for note in Note.objects.order_by("id").iterator(chunk_size=CHUNK):
        event = Event.objects.filter(pk=note.event_id).first()
        if event is None:
            return Break(f"note {note.pk}", "its event does not exist")
        if json.loads(bytes(event.body)).get("note") != note_digest(note.text, bytes(note.salt)):
            return Break(f"event {event.pk}", "its note was changed")
    return None
