"""What `check --deploy` says about settings."""

import os
import re
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import override_settings

from portal import checks

PRODUCTION: dict[str, Any] = {
    "DEMO": False,
    "PORTAL_ORIGIN": "https://portal.example.test",
    "EMAIL_URL": "smtp+tls://user:secret@mail.example.test:587",
    "SMS_URL": "https://account:token@texts.example.test/send?from=1",
    "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql"}},
    "CLOSURE_BOOK_DIR": Path(tempfile.gettempdir()) / "apart" / "closures",
}


ENVIRONMENT = {
    "DEMO": "0",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "",
    "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "FINGERPRINT_KEYS": f"1:{'A' * 43}",
    "ARCHIVE_KEYS": f"1:{'B' * 42}A",
    "SIGNING_KEY": f"{'C' * 42}A",
    "ALLOWED_HOSTS": "portal.example.test",
    "PORTAL_ORIGIN": PRODUCTION["PORTAL_ORIGIN"],
    "DATABASE_URL": "postgres://portal:secret@127.0.0.1:1/portal",
    "EMAIL_URL": PRODUCTION["EMAIL_URL"],
    "SMS_URL": PRODUCTION["SMS_URL"],
    "SSL_REDIRECT": "1",
}


def found(**changed: Any) -> list[str | None]:
    given = {**PRODUCTION, **changed}
    databases = given.pop("DATABASES")
    with override_settings(**given), pytest.MonkeyPatch.context() as patch:
        patch.setitem(settings.DATABASES["default"], "ENGINE", databases["default"]["ENGINE"])
        return [message.id for message in checks.settings_are_for_production()]


def test_settings_of_production_are_clean() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"DEMO": True}, "portal.E002"),
        ({"PORTAL_ORIGIN": "http://portal.example.test"}, "portal.E003"),
        ({"PORTAL_ORIGIN": ""}, "portal.E003"),
        ({"PORTAL_ORIGIN": "https://portal.example.test/"}, "portal.E003"),
        ({"EMAIL_URL": ""}, "portal.E004"),
        ({"SMS_URL": ""}, "portal.W001"),
        ({"DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3"}}}, "portal.W002"),
        ({"PORTAL_GATEWAY": "http", "PORTAL_GATEWAY_URL": "http://core.example.test"}, "portal.E005"),
    ],
)
def test_settings_each_is_told(changed: dict[str, Any], told: str) -> None:
    assert found(**changed) == [told]


@pytest.mark.row("H06")
def test_book_of_closures_has_to_be_writable(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("no folder")
    assert found(CLOSURE_BOOK_DIR=in_the_way / "closures") == ["portal.E006"]
    assert found(CLOSURE_BOOK_DIR=tmp_path / "made" / "at" / "need") == []


@pytest.mark.row("H06")
def test_book_of_closures_belongs_elsewhere_than_an_embedded_database(tmp_path: Path) -> None:
    embedded = {"default": {"ENGINE": "django.db.backends.sqlite3"}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(settings.DATABASES["default"], "NAME", str(tmp_path / "portal.sqlite3"))
        assert found(DATABASES=embedded, CLOSURE_BOOK_DIR=tmp_path / "closures") == ["portal.W002", "portal.W003"]
        assert found(CLOSURE_BOOK_DIR=tmp_path / "closures") == []


@pytest.mark.row("J18")
@pytest.mark.usefixtures("without_opencv")
def test_extra_that_looks_into_photos_has_to_be_there() -> None:
    assert found() == ["portal.W004"]


def test_checks_are_asked_for_a_deployment_only() -> None:
    call_command("check", stdout=StringIO(), stderr=StringIO())
    with override_settings(DEMO=True), pytest.raises(SystemCheckError, match=r"portal\.E002"):
        call_command("check", deploy=True, stdout=StringIO(), stderr=StringIO())


def test_check_of_production_is_clean(tmp_path: Path) -> None:
    """Every check of Django, of the packages and of ours, in a process with the environment of production."""
    ran = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy"],
        cwd=settings.BASE_DIR,
        env={**os.environ, **ENVIRONMENT, "VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, re.findall(r"\(([\w.]+[EWIDC]\d+)\)", ran.stderr)) == (0, []), ran.stderr
