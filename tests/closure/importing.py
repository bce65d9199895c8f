"""Files of the import format for tests, and a run of the command that reads them."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection

DATA = Path(__file__).parent.parent / "data"
RECORDED = DATA / "accounts-recorded.jsonl"


def line(name: str = "ana", **fields: Any) -> dict[str, Any]:
    """Return a small account in the import format; fields given replace or add."""
    return {
        "email": f"{name}@example.test",
        "created": "2021-03-04T10:00:00Z",
        "last_active": "2026-10-01T08:30:00Z",
        "identity": identity(f"N-{name}"),
        "holdings": [{"area": "spot", "asset": "BTC", "amount": "0.50000000", "value_usdt": "31250.00"}],
    } | fields


def identity(number: str = "N-ana", **fields: Any) -> dict[str, Any]:
    """Return a verified identity with a passport."""
    document = {"type": "passport", "number": number, "country": "US", "expires": "2024-01-31"}
    return {"level": 2, "status": "verified", "name": "Ana Diaz", "document": document} | fields


@dataclass(frozen=True)
class Imported:
    """How the command ended and what it printed."""

    code: int
    summary: dict[str, Any]
    out: str
    err: str

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Created, updated, unchanged, refused."""
        return (*(self.summary[name] for name in ("created", "updated", "unchanged")), len(self.summary["refused"]))

    @property
    def errors(self) -> list[str]:
        """The reasons, in order of the lines."""
        return [refused["error"] for refused in self.summary["refused"]]


def write(path: Path, *lines: Mapping[str, Any] | bytes) -> Path:
    """Write lines to a file: objects as JSON, bytes as they are."""
    raw = [item if isinstance(item, bytes) else json.dumps(item).encode() for item in lines]
    path.write_bytes(b"\n".join(raw) + b"\n")
    return path


def run(path: Path, *options: str) -> Imported:
    """Run `import_accounts FILE --json` and read what it printed."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    try:
        call_command("import_accounts", str(path), "--json", *options, stdout=out, stderr=err)
    except SystemExit as left:
        code = int(left.code or 0)
    printed = out.getvalue().splitlines()
    summary = json.loads(printed[-1])["summary"] if printed else {}
    return Imported(code, summary, out.getvalue(), err.getvalue())


def rows_of_everything() -> dict[str, int]:
    """Return how many rows every table of ours has."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name.startswith(("acc", "clo"))]
        found = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
            found[table] = cursor.fetchone()[0]
    return found
