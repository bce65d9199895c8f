"""Imports one line: whole or not at all, and the same line twice changes nothing."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import keys
from closure.exchange.importing import holdings, people
from closure.exchange.importing.shape import Record, read_record
from closure.exchange.ledger.models import LedgerImport

KEY_PURPOSE = "import-line"


class Outcome(StrEnum):
    CREATED = "created"
    UNCHANGED = "unchanged"
    UPDATED = "updated"


def digest(content: Mapping[str, Any], key_version: int) -> bytes:
    """Return the keyed digest of a line's content; order of keys and white space do not count."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
    return hmac.digest(keys.derive(KEY_PURPOSE, key_version), canonical, hashlib.sha256)


def import_line(content: Mapping[str, Any], *, now: datetime) -> Outcome:
    """Import the object of one line; raises LineRefused, and then nothing has changed."""
    record = read_record(content)
    with transaction.atomic():
        account = people.find(record)
        if account is None:
            account = people.make(record, now=now)
            _bring(account.pk, content, record, is_new=True, now=now)
            people.restrict(account, record, now=now)
            return Outcome.CREATED
        if _is_known(account.pk, content):
            return Outcome.UNCHANGED
        people.change_identity(account, record, now=now)
        _bring(account.pk, content, record, is_new=False, now=now)
        people.restrict(account, record, now=now)
        return Outcome.UPDATED


def _is_known(account_id: UUID, content: Mapping[str, Any]) -> bool:
    last = LedgerImport.objects.filter(account_id=account_id).first()
    if last is None or last.key_version not in keys.versions():
        return False
    return hmac.compare_digest(bytes(last.digest), digest(content, last.key_version))


def _bring(account_id: UUID, content: Mapping[str, Any], record: Record, *, is_new: bool, now: datetime) -> None:
    holdings.replace(account_id, record, is_new=is_new)
    version = keys.newest_version()
    facts = {"digest": digest(content, version), "key_version": version, "imported_at": now}
    LedgerImport.objects.update_or_create(account_id=account_id, defaults=facts)
