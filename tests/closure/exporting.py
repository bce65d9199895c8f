"""Ana asks for files, a builder builds them, and she reads what is in them."""

import csv
import io
import json
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.ids import uuid7
from accounts.models import Account
from closure.enums import ExportKind
from closure.exchange.ledger.models import LedgerTransaction
from closure.export_access import Holder
from closure.exports import build
from closure.exports.contents import contents
from closure.models import Export
from closure.operations.export import ask

K = ExportKind


def asked(account: Account, now: datetime, kind: ExportKind = K.TRANSACTIONS) -> Export:
    """Want a file."""
    return ask(Holder(account=account), kind, now=now)


def built(account: Account, now: datetime, kind: ExportKind = K.TRANSACTIONS) -> Export:
    """Want a file and have it built; it is ready."""
    export = asked(account, now, kind)
    assert build.build_next(now=now)
    export.refresh_from_db()
    assert export.state == "ready", export.last_error
    return export


def whole(export: Export, now: datetime) -> bytes:
    """Return what is in the file."""
    return b"".join(contents(export, now=now))


def rows(export: Export, now: datetime) -> list[list[str]]:
    """Return the rows of a table."""
    return list(csv.reader(io.StringIO(whole(export, now).decode(), newline="")))


def facts(export: Export, now: datetime) -> Any:
    """Return what a JSON file says."""
    return json.loads(whole(export, now))


def unzipped(export: Export, now: datetime) -> dict[str, bytes]:
    """Return the files of an archive."""
    with zipfile.ZipFile(io.BytesIO(whole(export, now))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def folder() -> Path:
    """Return where the files lie."""
    kept: Path = settings.VAR_DIR / "exports"
    kept.mkdir(exist_ok=True)
    return kept


def stored() -> set[str]:
    """Return the names of all files that lie there."""
    return {path.name for path in folder().iterdir()}


def file_of(export: Export) -> Path:
    """Return the file of an export."""
    assert export.file is not None
    return folder() / export.file.hex


def give_history(account: Account, now: datetime, count: int, **fields: Any) -> None:
    """Give an account so many transactions, a second apart."""
    kept = {"kind": "trade", "asset": "BTC", "amount": "0.1", **fields}
    LedgerTransaction.objects.bulk_create(
        LedgerTransaction(
            id=uuid7(), account_id=account.pk, time=now - timedelta(seconds=count - n), reference=f"t{n}", **kept
        )
        for n in range(count)
    )
