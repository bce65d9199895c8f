"""Every migration has a way back, says what it does, and leaves nothing to be made."""

import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests.architecture.source import APPS

OURS = ("accounts", "closure", "retention", "portal")
AUTOMATIC_NAME = re.compile(r"_auto_|_alter_\w+_and_more$")


def our_migrations() -> dict[str, object]:
    loader = MigrationLoader(None)
    return {f"{app}.{name}": found for (app, name), found in loader.disk_migrations.items() if app in OURS}


def test_migrations_exist() -> None:
    assert {name.partition(".")[0] for name in our_migrations()} >= set(APPS) - {"portal"}


def test_migrations_can_all_be_reversed() -> None:
    one_way = [
        f"{name}: {operation.describe()}"
        for name, found in our_migrations().items()
        for operation in found.operations  # type: ignore[attr-defined]
        if not operation.reversible
    ]
    assert one_way == []


def test_migrations_are_named_by_what_they_do() -> None:
    assert [name for name in our_migrations() if AUTOMATIC_NAME.search(name)] == []


@pytest.mark.django_db
def test_models_have_no_change_without_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_migrations_go_back_to_nothing_and_forth_again() -> None:
    before = set(connection.introspection.table_names())
    try:
        call_command("migrate", "closure", "zero", verbosity=0)
        call_command("migrate", "accounts", "zero", verbosity=0)
        left = {name for name in connection.introspection.table_names() if name.startswith(("accounts_", "closure_"))}
    finally:
        call_command("migrate", verbosity=0)
    assert (left, set(connection.introspection.table_names())) == (set(), before)
