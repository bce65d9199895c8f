"""System checks of the lowest floor."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from accounts import rotation, triggers


@register(Tags.database)
def journal_triggers(*, databases: Sequence[str] | None = None, **_facts: Any) -> list[CheckMessage]:
    """Find a journal that could be edited: its triggers are missing."""
    return [
        Error(
            f"The journal is not protected: {', '.join(gone)} missing.",
            hint="Run manage.py migrate: it makes the triggers again.",
            id="accounts.E001",
        )
        for alias in databases or []
        if (gone := triggers.missing(connections[alias]))
    ]


@register(Tags.database)
def fingerprint_keys_are_there(*, databases: Sequence[str] | None = None, **_facts: Any) -> list[CheckMessage]:
    """Find rows that nobody can read, find or verify any more: the key of their version left the ring."""
    if "default" not in (databases or []):
        return []
    connection = connections["default"]
    problems: list[CheckMessage] = []
    for model, column in [*rotation.named(), *rotation.SEALED]:
        # Before a migration there may be no such table, or not all of it.
        if _is_there(connection, model, column) and (gone := rotation.gone(model, column)):
            versions = ", ".join(str(version) for version in sorted(gone))
            problems.append(
                Error(
                    f"{model._meta.label} needs keys that are not in FINGERPRINT_KEYS: version {versions}.",
                    hint="Put them back. manage.py rotate_fingerprints says how many rows need which version.",
                    id="accounts.E002",
                )
            )
    return problems


def _is_there(connection: BaseDatabaseWrapper, model: type[Model], column: str) -> bool:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if table not in connection.introspection.table_names(cursor):
            return False
        return column in {each.name for each in connection.introspection.get_table_description(cursor, table)}
