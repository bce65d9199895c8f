"""A marker in every field, file, log, hint and cache: after closing none is readable, after the period none is there.

What is looked at, and why that, says tests/closure/scanning.py. Before closing the same look must find every marker
that is not sealed or hashed from the start: a look that sees nothing proves nothing.
"""

import http.client
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings as portal_settings
from django.core.management import call_command
from pytest_django.fixtures import Settings

from accounts import clock
from accounts.audit import audit
from accounts.messages import outbox
from accounts.models import Account, Note, OutboxMessage
from closure import exchange
from closure.finalization.runner import finalize_due
from closure.finalization.summary import Summary
from closure.models import ClosureRequest
from closure.retention import archive
from closure.retention.canary import NOBODY
from closure.retention.fields import CLASSES, FieldClass
from closure.retention.models import ArchivePrint, ArchiveRecord
from portal.worker.sweeper import sweep_once
from tests.architecture.source import ROOT
from tests.closure.marked_people import BooksLate, People
from tests.connected import connected
from tests.fakes.smtp import HOST, Mailbox, free_port, smtp_server
from tests.portal.workers import database_url, until, workers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("F02", "F03", "H01")]
HOURS_FOR_THE_LAST_MAIL = 73
LONGEST_DAYS = 366 * 8
# What staff wrote before the closing.
REASONS = frozenset({"why restricted", "why lifted", "order: case_number", "order: basis", "order: reason"})
FAILED = frozenset({"why verification failed", "why released", "why verified"})


@pytest.fixture
def people(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[People]:
    settings.ARCHIVE_KEYS_DIR = tmp_path / "keys"
    made = People(tmp_path)
    monkeypatch.setattr(exchange, "get_gateway", lambda: BooksLate(made))
    with connected():
        yield made


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    with smtp_server() as running:
        settings.EMAIL_URL = running.url
        yield running


def close_all(people: People, mailbox: Mailbox, advance: Callable[..., datetime], now: datetime) -> None:
    """Close everybody by every step; the last mail is refused in words, then delivered, or its time runs out."""
    mailbox.reply = f"451 not now, {people.own[0]}"
    assert finalize_due(now=now) == Summary(closed=len(people.requests))
    assert outbox.send_due(now=now).sent == 0
    mailbox.reply = "250 OK"
    assert outbox.send_due(now=advance(minutes=1)).sent == 1
    advance(hours=HOURS_FOR_THE_LAST_MAIL)
    assert sweep_once()
    assert OutboxMessage.objects.count() == 0


def opened(now: datetime) -> bytes:
    """Return everything that is archived, opened."""
    keys = ArchiveRecord.objects.exclude(account_id=NOBODY).values_list("pk", flat=True)
    return b"".join(archive.open_record(key, now=now) for key in keys)


def test_closing_leaves_nothing_to_read_but_the_archive(
    people: People, mailbox: Mailbox, advance: Callable[..., datetime], now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    people.make("anastasia", now)
    benedikt = people.make("benedikt", now)
    # Documents are hashed from the start.
    assert (people.places() | set(people.own)) - set(people.seen()) == {"XANASTASIA1", "XBENEDIKT1"}
    Account.objects.filter(pk=benedikt.account_id).update(email=None)
    close_all(people, mailbox, advance, now)
    assert people.seen() == {}
    sealed = opened(clock.now())
    archived = {place for marker, place in people.markers.places.items() if marker.encode() in sealed}
    assert archived == {
        place for place in people.places() if place in (REASONS | FAILED) or class_of(place) is FieldClass.ARCHIVE
    }
    assert [each for each in [*people.markers.places, *people.own] if each in caplog.text] == []


@pytest.mark.row("H04", "H05", "F08")
def test_after_the_period_nothing_is_left_to_read(
    people: People, mailbox: Mailbox, advance: Callable[..., datetime], now: datetime
) -> None:
    key = people.make("anastasia", now).account_id
    close_all(people, mailbox, advance, now)
    before = people.places()
    for write in (people.hold, people.settle_late_deposit, people.release_block, people.restrict):
        write(key, clock.now())
    # Why something is held or decided is there to read while the archive is there (docs/decisions, 21).
    assert set(people.seen()) == {*REASONS, *(people.places() - before)}
    files = list(portal_settings.ARCHIVE_KEYS_DIR.iterdir())
    advance(days=LONGEST_DAYS)
    call_command("purge_archive")
    assert people.seen() == {}
    assert (ArchiveRecord.objects.exclude(account_id=NOBODY).count(), ArchivePrint.objects.count()) == (0, 0)
    assert [file for file in files if file.exists()] == []
    assert (Note.objects.filter(account_id=key).count(), audit().broken) == (0, None)


@pytest.mark.xdist_group("worker")
def test_real_processes_write_nobody_into_their_logs(
    people: People, mailbox: Mailbox, now: datetime, tmp_path: Path
) -> None:
    request = people.make("anastasia", now)
    folder = tmp_path / "0"
    folder.mkdir()
    (folder / "exports").symlink_to(portal_settings.VAR_DIR / "exports")
    with web(tmp_path) as port:
        for path, body in (("/sign-in/", people.own), ("/api/v1/session/", people.own), ("/stop/x/", people.own)):
            ask(port, path, "&".join(body))
    with workers(tmp_path) as start:
        worker = start(EMAIL_URL=mailbox.url, ARCHIVE_KEYS_DIR=str(portal_settings.ARCHIVE_KEYS_DIR))
        until(lambda: ClosureRequest.objects.get(pk=request.pk).state == "closed", "the closing")
        until(lambda: not OutboxMessage.objects.exists(), "the last mail")
        assert worker.end()[0] == 0
    assert sweep_once()
    assert [path.name for path in tmp_path.rglob("*.log") if path.stat().st_size] == ["web.log", "worker.log"]
    assert (people.seen(), mailbox.recipients) == ({}, [["anastasia@example.test"]])


@contextmanager
def web(folder: Path) -> Iterator[int]:
    """Run the portal under gunicorn on the database of this test; gives its port."""
    port, known = free_port(), {**os.environ, "DATABASE_URL": database_url(), "ALLOWED_HOSTS": HOST}
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", f"{HOST}:{port}", "--no-control-socket"]
    with (folder / "web.log").open("wb") as log:
        server = subprocess.Popen(command, env=known, cwd=ROOT, stdout=log, stderr=log)
        try:
            until(lambda: ask(port, "/sign-in/", ""), "the server")
            yield port
        finally:
            server.terminate()
            server.wait(20)


def ask(port: int, path: str, body: str) -> int:
    """Send a body to the portal without any right to; returns the status, 0 while nobody answers."""
    with suppress(OSError):
        there = http.client.HTTPConnection(HOST, port, timeout=20)
        there.request("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        return there.getresponse().status
    return 0


def class_of(place: str) -> FieldClass:
    """Return the class of a field."""
    label, _dot, name = place.rpartition(".")
    return CLASSES[label].fields[name]
