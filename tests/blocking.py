"""Blocks written straight into the list, as if an account with the identifier had been closed."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from accounts import blocked, identifiers, keys
from accounts.enums import IdentifierKind
from accounts.fingerprints import fingerprint
from accounts.ids import uuid7
from accounts.models import BlockedIdentity
from tests.factories import make_account

K = IdentifierKind
MONTH = timedelta(days=30)


def entry(kind: IdentifierKind, value: str, *, until: datetime, **fields: Any) -> blocked.Entry:
    """Return what a closing blocks, of a closed account and a closure of its own unless others are given."""
    version = fields.pop("key_version", keys.newest_version())
    facts = {"account_id": uuid7(), "file_id": uuid7(), **fields}
    found = fingerprint(kind, identifiers.normalize(kind, value), version)
    return blocked.Entry(kind=kind, fingerprint=found, key_version=version, until=until, **facts)


def block(kind: IdentifierKind, value: str, *, now: datetime, until: datetime | None = None, **fields: Any) -> UUID:
    """Block a value until a date, in thirty days unless said; returns the key of the block."""
    made = entry(kind, value, until=until or now + MONTH, **fields)
    blocked.block([made], now=now)
    return BlockedIdentity.objects.get(file_id=made.file_id, kind=kind).pk


def closed_with(name: str, *, now: datetime, **fields: Any) -> UUID:
    """Make a closed account whose e-mail is blocked; returns the key of the block."""
    account = make_account(name, status="closed")
    account.identifiers.all().delete()
    return block(K.EMAIL, f"{name}@example.test", now=now, account_id=account.pk, **fields)
