"""The command that moves fingerprints to the newest key and says what still needs an older one."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from accounts.models import Account, Identifier
from portal.env import KeyRing
from tests.factories import make_account

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[int, list[dict[str, object]]]:
    out, code = StringIO(), 0
    try:
        call_command("rotate_fingerprints", "--json", *arguments, stdout=out, stderr=StringIO())
    except SystemExit as left:
        code = int(left.code or 0)
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.fixture
def before(settings: Settings) -> int:
    """Somebody with a document, and a new newest key since; returns the version before."""
    make_account("ana", phone=None, totp=False)
    ring = settings.FINGERPRINT_KEYS
    settings.FINGERPRINT_KEYS = KeyRing(((9, b"n" * 32), *ring.keys))
    return int(ring.newest)


@pytest.mark.row("G08")
def test_command_rotates_and_reports(before: int) -> None:
    code, lines = run()
    assert (code, lines) == (
        0,
        [
            {"table": "accounts.Identifier", "version": 9, "rows": 1},
            {"table": "accounts.Event", "version": before, "rows": 1},
            {"table": "accounts.Identifier", "version": before, "rows": 1},
            {"summary": {"renewed": 1, "failed": 0, "need_old_keys": 2}},
        ],
    )
    assert run()[1][-1] == {"summary": {"renewed": 0, "failed": 0, "need_old_keys": 2}}


def test_command_dry_run_changes_nothing(before: int) -> None:
    code, lines = run("--dry-run")
    assert (code, lines[-1]) == (0, {"summary": {"would_renew": 1, "need_old_keys": 3}})
    assert set(Identifier.objects.values_list("key_version", flat=True)) == {before}


def test_command_tells_what_cannot_be_done_with_exit_code_3(before: int) -> None:
    Account.objects.update(email="other@example.test")
    code, lines = run()
    account = str(Account.objects.get().pk)
    assert (code, lines[0]) == (3, {"account": account, "kind": "email", "result": "failed"})
    assert lines[-1] == {"summary": {"renewed": 0, "failed": 1, "need_old_keys": 3}}
