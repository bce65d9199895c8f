"""System checks: archives that cannot be opened, keys that others can read."""

from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection

from closure.retention import checks
from closure.retention.models import PurgeMonth
from closure.retention.months import store
from tests.closure.retention.sealing import months, sealed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("H04")]


def found() -> list[tuple[str | None, str]]:
    return [(message.id, message.msg) for message in checks.archive_keys_open(databases=["default"])]


def test_check_is_silent_while_all_archives_open(now: datetime) -> None:
    sealed(now=now)
    assert found() == []


def test_check_names_the_months_that_do_not_open(now: datetime) -> None:
    sealed(now=now)
    first = months()[0]
    store().destroy(first)
    assert found() == [("retention.E001", f"Archives cannot be opened: {first} (the key is gone).")]
    assert checks.archive_keys_open(databases=None) == []
    with pytest.raises(SystemCheckError, match=r"retention\.E001"):
        call_command("check", databases=["default"], stdout=StringIO(), stderr=StringIO())


@pytest.mark.parametrize("away", ["ALTER TABLE {0} RENAME TO away", "ALTER TABLE {0} RENAME COLUMN problem TO away"])
def test_check_waits_for_the_migration(now: datetime, away: str) -> None:
    sealed(now=now)
    store().destroy(months()[0])
    table = PurgeMonth._meta.db_table
    back = "ALTER TABLE away RENAME TO {0}" if "COLUMN" not in away else "ALTER TABLE {0} RENAME COLUMN away TO problem"
    with connection.cursor() as cursor:
        cursor.execute(away.format(table))
        try:
            assert found() == []
        finally:
            cursor.execute(back.format(table))


def test_check_wants_a_private_folder(now: datetime, key_folder: Path) -> None:
    assert checks.archive_keys_are_private() == []
    sealed(now=now)
    assert checks.archive_keys_are_private() == []
    key_folder.chmod(0o750)
    assert [message.id for message in checks.archive_keys_are_private()] == ["retention.W001"]
