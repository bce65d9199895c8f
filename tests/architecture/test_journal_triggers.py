"""The journal is append-only in the database itself, whoever writes to it."""

from datetime import datetime

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import triggers
from accounts.actors import Actor
from accounts.journal import record
from accounts.models import Event

STATEMENTS = ["UPDATE accounts_event SET action = 'other'", "DELETE FROM accounts_event"]


def write_event(now: datetime) -> None:
    with transaction.atomic():
        record("test.happened", actor=Actor.system("test"), at=now)


@pytest.mark.row("H07")
@pytest.mark.django_db
@pytest.mark.parametrize("statement", STATEMENTS)
def test_journal_refuses_statement(statement: str, now: datetime) -> None:
    write_event(now)
    with pytest.raises(DatabaseError, match=triggers.MESSAGE), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert [event.action for event in Event.objects.all()] == ["test.happened"]


@pytest.mark.row("H07")
@pytest.mark.django_db
def test_journal_refuses_truncate_where_the_database_has_it(now: datetime) -> None:
    write_event(now)
    # SQLite has no TRUNCATE: the word alone is an error there.
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_event")
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_triggers_are_there_after_migrating() -> None:
    assert triggers.missing(connection) == []
