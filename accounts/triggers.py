"""Triggers that make the journal append-only: the database refuses update, delete and, on PostgreSQL, truncate.

One idempotent function, called by the migrations and after every migration run: a later SQLite migration that rebuilds
a table would drop them silently.
"""

from typing import Any

from django.db import connections

# Events, and what seals them.
TABLES = ("accounts_event", "accounts_journalleaf", "accounts_journalnode", "accounts_checkpoint")
VERBS = {"postgresql": ("UPDATE", "DELETE", "TRUNCATE"), "sqlite": ("UPDATE", "DELETE")}
MESSAGE = "the journal is append-only"


def install(connection: Any) -> None:
    """(Re)make the triggers on `connection`; does nothing for a table that is not there."""
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor, _tables(connection, cursor)):
            cursor.execute(statement)


def remove(connection: Any) -> None:
    """Take the triggers away (reverse migration, and tests that tamper)."""
    with connection.cursor() as cursor:
        for table in _tables(connection, cursor):
            for verb in VERBS[connection.vendor]:
                of = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {_name(table, verb)}{of}")


def missing(connection: Any) -> list[str]:
    """Return the names of triggers that should be there and are not."""
    with connection.cursor() as cursor:
        wanted = {_name(table, verb) for table in _tables(connection, cursor) for verb in VERBS[connection.vendor]}
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D' AND NOT tgisinternal")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return sorted(wanted - {row[0] for row in cursor.fetchall()})


def after_migrate(*, using: str = "default", **_facts: object) -> None:
    """Run `install` when a migration run ends."""
    install(connections[using])


def _tables(connection: Any, cursor: Any) -> list[str]:
    there = set(connection.introspection.table_names(cursor))
    return [table for table in TABLES if table in there]


def _name(table: str, verb: str) -> str:
    return f"{table}_no_{verb.lower()}"


def _statements(vendor: str, tables: list[str]) -> list[str]:
    if vendor == "postgresql":
        function = (
            "CREATE OR REPLACE FUNCTION accounts_event_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$"
        )
        return [
            function,
            *(
                f"CREATE OR REPLACE TRIGGER {_name(table, verb)} BEFORE {verb} ON {table} "
                f"FOR EACH {'STATEMENT' if verb == 'TRUNCATE' else 'ROW'} EXECUTE FUNCTION accounts_event_refuse()"
                for table in tables
                for verb in VERBS[vendor]
            ),
        ]
    return [
        f"CREATE TRIGGER IF NOT EXISTS {_name(table, verb)} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        for table in tables
        for verb in VERBS[vendor]
    ]
