"""System checks of the archive: keys that do not open, a folder of keys that others can enter."""

import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.db import DEFAULT_DB_ALIAS, connections

from closure.retention import canary
from closure.retention.enums import MonthState
from closure.retention.models import PurgeMonth


@register(Tags.database)
def archive_keys_open(*, databases: Sequence[str] | None = None, **_facts: Any) -> list[CheckMessage]:
    """Open every month's keys and canary; names the months whose archives cannot be read."""
    if DEFAULT_DB_ALIAS not in (databases or []) or not _is_migrated():
        return []
    months = PurgeMonth.objects.filter(state=MonthState.OPEN).order_by("month")
    dead = {month.month: problem for month in months if (problem := canary.examine(month))}
    if not dead:
        return []
    told = ", ".join(f"{month} ({problem.label})" for month, problem in dead.items())
    hint = "Is ARCHIVE_KEYS_DIR the right folder, with all its files, and does ARCHIVE_KEYS hold every version in use?"
    return [Error(f"Archives cannot be opened: {told}.", hint=hint, id="retention.E001")]


@register(Tags.security, deploy=True)
def archive_keys_are_private(**_facts: Any) -> list[CheckMessage]:
    """Find a folder of keys that other users of the host can enter."""
    folder: Path = settings.ARCHIVE_KEYS_DIR
    if not folder.is_dir() or not folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return []
    hint = f"chmod 700 {folder}"
    return [Caution("The folder of archive keys is open to other users.", hint=hint, id="retention.W001")]


def _is_migrated() -> bool:
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        if PurgeMonth._meta.db_table not in connection.introspection.table_names(cursor):
            return False
        known = {
            column.name for column in connection.introspection.get_table_description(cursor, PurgeMonth._meta.db_table)
        }
    return {field.column for field in PurgeMonth._meta.concrete_fields} <= known
