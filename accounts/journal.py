"""The one writer of the journal: every change of state has one event, in the same transaction (H07)."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import keys
from accounts.actors import Actor
from accounts.ids import uuid7
from accounts.models import Account, Event, Note

FORMAT = 1
LEAF_PREFIX = b"\x00"
SALT_BYTES = 16
BATCH = 500
KEY_PURPOSE = "journal-leaf"


def canonical(body: Mapping[str, Any]) -> bytes:
    """Return the stored form of an event body: JSON, keys sorted, no spaces, UTF-8."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def leaf_hash(body: bytes, key_version: int) -> bytes:
    """Return the keyed hash of stored bytes; raises KeyError when the key left the ring."""
    return hmac.digest(keys.derive(KEY_PURPOSE, key_version), LEAF_PREFIX + body, hashlib.sha256)


def note_digest(text: str, salt: bytes) -> str:
    """Return the salted digest that stays in the event when the note is erased."""
    return hashlib.sha256(salt + text.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event of a batch: what happened to one locked account."""

    action: str
    account: Account
    data: Mapping[str, Any]


def record(
    action: str,
    *,
    actor: Actor,
    at: datetime,
    account: Account | None = None,
    account_id: UUID | None = None,
    data: Mapping[str, Any] | None = None,
    note: str | None = None,
) -> Event:
    """Write one event inside the caller's transaction and return it.

    Give `account` only when its row is locked (or just made): the event then carries the account's previous hash and
    becomes its head. Give `account_id` alone for an event about an account whose row is not locked. `data` holds
    codes, opaque ids and digests only; what a person wrote goes into `note`.
    """
    _require_transaction()
    about = account.pk if account is not None else account_id
    previous = bytes(account.journal_head) if account is not None else None
    salt = secrets.token_bytes(SALT_BYTES)
    event = _event(
        action, actor=actor, at=at, about=about, previous=previous, data=data or {}, note=(note, salt) if note else None
    )
    event.save(force_insert=True)
    if note:
        Note.objects.create(event_id=event.pk, account_id=about, text=note, salt=salt)
    if account is not None:
        _advance_head(account, bytes(event.leaf))
    return event


def record_many(entries: Sequence[Entry], *, actor: Actor, at: datetime) -> list[Event]:
    """Write one event for each entry, set-based; every account is locked by the caller and occurs once."""
    _require_transaction()
    if len({entry.account.pk for entry in entries}) != len(entries):
        raise ValueError("an account occurs twice in one batch of events")
    events = [
        _event(
            entry.action,
            actor=actor,
            at=at,
            about=entry.account.pk,
            previous=bytes(entry.account.journal_head),
            data=entry.data,
            note=None,
        )
        for entry in entries
    ]
    Event.objects.bulk_create(events)
    for entry, event in zip(entries, events, strict=True):
        entry.account.journal_head = event.leaf
    Account.objects.bulk_update([entry.account for entry in entries], ["journal_head"], batch_size=BATCH)
    return events


def _require_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("the journal is written in the transaction of the change it tells")


def _event(
    action: str,
    *,
    actor: Actor,
    at: datetime,
    about: UUID | None,
    previous: bytes | None,
    data: Mapping[str, Any],
    note: tuple[str, bytes] | None,
) -> Event:
    event_id, version = uuid7(), keys.newest_version()
    body: dict[str, Any] = {
        "v": FORMAT,
        "id": str(event_id),
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "account": str(about) if about else None,
        "actor": actor.label,
        "action": str(action),
        "data": dict(data),
        "previous": previous.hex() if previous is not None else None,
    }
    if note is not None:
        body["note"] = note_digest(*note)
    stored = canonical(body)
    return Event(
        id=event_id,
        at=at,
        account_id=about,
        actor=actor.label,
        action=str(action),
        body=stored,
        key_version=version,
        leaf=leaf_hash(stored, version),
    )


def _advance_head(account: Account, leaf: bytes) -> None:
    moved = Account.objects.filter(pk=account.pk, journal_head=bytes(account.journal_head)).update(journal_head=leaf)
    if moved != 1:
        raise RuntimeError("the account's journal moved meanwhile: lock the account row before recording")
    account.journal_head = leaf
