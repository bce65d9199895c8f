"""System checks of the lowest floor."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from accounts import triggers


@register(Tags.database)
def journal_triggers(*, databases: Sequence[str] | None = None, **_facts: Any) -> list[CheckMessage]:
    """Find a journal that could be edited: its triggers are missing."""
    problems: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        with connection.cursor() as cursor:
            known = triggers.TABLE in connection.introspection.table_names(cursor)
        if known and (gone := triggers.missing(connection)):
            problems.append(
                Error(
                    f"The journal is not protected: {', '.join(gone)} missing.",
                    hint="Run manage.py migrate: it makes the triggers again.",
                    id="accounts.E001",
                )
            )
    return problems
