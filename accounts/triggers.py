"""Triggers that make the journal append-only: the database refuses update, delete and, on PostgreSQL, truncate.

One idempotent function, called by the migration and after every migration run: a later SQLite migration that rebuilds
the table would drop them silently.
"""

from typing import Any

from django.db import connections

TABLE = "accounts_event"
NAMES = ("accounts_event_no_update", "accounts_event_no_delete")
MESSAGE = "the journal is append-only"


def install(connection: Any) -> None:
    """(Re)make the triggers on `connection`; does nothing while the table is not there."""
    with connection.cursor() as cursor:
        if TABLE not in connection.introspection.table_names(cursor):
            return
        for statement in _statements(connection.vendor):
            cursor.execute(statement)


def remove(connection: Any) -> None:
    """Take the triggers away (reverse migration, and the flush of a test database)."""
    with connection.cursor() as cursor:
        if TABLE not in connection.introspection.table_names(cursor):
            return
        for name in (*NAMES, "accounts_event_no_truncate"):
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {TABLE}")
            elif name in NAMES:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def missing(connection: Any) -> list[str]:
    """Return the names of triggers that should be there and are not."""
    wanted = set(NAMES)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            wanted.add("accounts_event_no_truncate")
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(%s) AND tgenabled <> 'D'", [TABLE]
            )
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [TABLE])
        return sorted(wanted - {row[0] for row in cursor.fetchall()})


def after_migrate(*, using: str = "default", **_facts: object) -> None:
    """Run `install` when a migration run ends."""
    install(connections[using])


def _statements(vendor: str) -> list[str]:
    if vendor == "postgresql":
        function = (
            "CREATE OR REPLACE FUNCTION accounts_event_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$"
        )
        return [
            function,
            *(
                f"CREATE OR REPLACE TRIGGER accounts_event_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
                f"FOR EACH {'STATEMENT' if verb == 'TRUNCATE' else 'ROW'} EXECUTE FUNCTION accounts_event_refuse()"
                for verb in ("UPDATE", "DELETE", "TRUNCATE")
            ),
        ]
    return [
        f"CREATE TRIGGER IF NOT EXISTS accounts_event_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        for verb in ("UPDATE", "DELETE")
    ]
