"""Triggers: made again without end, and missed when they are gone."""

import pytest
from django.core.checks import run_checks
from django.db import connection

from accounts import triggers

pytestmark = [pytest.mark.django_db, pytest.mark.row("H07")]


def test_installing_again_changes_nothing() -> None:
    triggers.install(connection)
    triggers.install(connection)
    assert triggers.missing(connection) == []


def test_missing_triggers_are_named_and_found_by_the_check() -> None:
    triggers.remove(connection)
    verbs = ["delete", "truncate", "update"] if connection.vendor == "postgresql" else ["delete", "update"]
    wanted = [f"{table}_no_{verb}" for table in sorted(triggers.TABLES) for verb in verbs]
    assert triggers.missing(connection) == wanted
    problems = [problem for problem in run_checks(databases=["default"]) if problem.id == "accounts.E001"]
    assert len(problems) == 1
    triggers.install(connection)
    assert [problem for problem in run_checks(databases=["default"]) if problem.id == "accounts.E001"] == []
