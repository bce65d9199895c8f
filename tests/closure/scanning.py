"""Looks for markers in all that is stored: the database as its operator would copy it, files, logs, queue and cache.

SQLite: the file, its write-ahead log and index, as they are and once more after VACUUM, bytes as they lie on the disk.
PostgreSQL: what `pg_dump` writes, binary columns in their hexadecimal form. A server keeps dead rows in its pages and
its log until it cleans up in its own time; nobody reads them through the database, and docs/security.md says so.
"""

import os
import subprocess
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache.backends import locmem
from django.db import connection
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from tests.closure.planting import contents
from tests.plugins.postgresql import client
from tests.portal.workers import database_url


def found(needles: Collection[str], *folders: Path) -> dict[str, set[str]]:
    """Return which of these can be read, and where; every file below VAR_DIR and these folders is looked at."""
    wanted = {needle: (needle.lower().encode(), needle.lower().encode().hex().encode()) for needle in needles}
    seen: dict[str, set[str]] = defaultdict(set)
    for place, kept in _everything(folders):
        lower = kept.lower()
        for needle, forms in wanted.items():
            if any(form in lower for form in forms):
                seen[needle].add(place)
    return dict(seen)


def _everything(folders: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    yield from _files(settings.VAR_DIR, *folders)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
        file = Path(str(connection.settings_dict["NAME"]))
        yield from ((f"vacuumed {path.name}", contents(path)) for path in file.parent.glob(f"{file.name}*"))
    else:
        yield "dump", _dump()
    yield "what the queue will run", repr([SignedPackage.loads(each.payload) for each in OrmQ.objects.all()]).encode()
    yield "cache", repr(locmem._caches).encode()  # type: ignore[attr-defined]  # all there is of it in this process


def _files(*folders: Path) -> Iterator[tuple[str, bytes]]:
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            yield str(path.relative_to(folder)), str(path).encode()
            if path.is_file():
                yield str(path.relative_to(folder)), contents(path)


def _dump() -> bytes:
    url = urlsplit(database_url())
    known = {**os.environ, "PGPASSWORD": str(connection.settings_dict["PASSWORD"])}
    where = ["--host", str(url.hostname), "--port", str(url.port), "--username", str(url.username), url.path[1:]]
    return subprocess.run([client("pg_dump"), *where], env=known, check=True, stdout=subprocess.PIPE).stdout
