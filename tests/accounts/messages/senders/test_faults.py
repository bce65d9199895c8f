"""Servers that fail as servers do: no message is lost, none stops the others, and each comes again by itself."""

import re
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from pytest_django.fixtures import Settings

from accounts.enums import Delivery, MessageChannel
from accounts.messages.outbox import Sent, send_due
from accounts.messages.senders import email, sms
from tests.accounts.messages.writing import Write
from tests.fakes.broken_smtp import FAULTS, broken_server
from tests.fakes.sms_provider import Provider
from tests.fakes.smtp import Mailbox, smtp_server

pytestmark = pytest.mark.django_db

SOON = 0.3
CODES = {
    "refuse_later": "smtp_421",
    "refuse": "smtp_recipient_refused",
    "drop": "smtp_SMTPServerDisconnected",
    "drop_in_data": "smtp_SMTPServerDisconnected",
    "hang": "smtp_SMTPServerDisconnected",
    "garbage": "smtp_-1",
    "take_and_say_nothing": "smtp_SMTPServerDisconnected",
}


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(email, "TIMEOUT_SECONDS", SOON)
    monkeypatch.setattr(sms, "TIMEOUT", httpx.Timeout(SOON))
    monkeypatch.setattr(sms, "MOST_SECONDS", SOON)


@pytest.mark.parametrize("fault", FAULTS)
def test_mail_comes_again_after_each_fault_of_a_server(
    write: Write, settings: Settings, now: datetime, fault: str
) -> None:
    row = write()
    with broken_server(fault) as server:
        settings.EMAIL_URL = server.url
        assert send_due(now=now) == Sent(failed=1)
    row.refresh_from_db()
    due = now + timedelta(seconds=10)
    assert (row.state, row.attempts, row.last_error, row.due_at) == (Delivery.QUEUED, 1, CODES[fault], due)
    with smtp_server() as mailbox:
        settings.EMAIL_URL = mailbox.url
        assert send_due(now=due) == Sent(sent=1)
        assert len(mailbox.mails) == 1


def test_mail_that_was_taken_in_silence_is_known_again_by_its_id(
    write: Write, settings: Settings, now: datetime
) -> None:
    """Nobody can tell such a mail from a lost one, so it goes twice; a reader or server sees that it is the same."""
    row = write()
    with broken_server("take_and_say_nothing") as server:
        settings.EMAIL_URL = server.url
        send_due(now=now)
        (first,) = server.taken
    with smtp_server() as mailbox:
        settings.EMAIL_URL = mailbox.url
        send_due(now=now + timedelta(seconds=10))
        again = mailbox.mails[0]["Message-ID"]
    assert re.findall(r"Message-ID: (\S+)", first) == [again] == [f"<{row.pk}@{again.partition('@')[2]}"]


def test_mail_server_that_is_not_there_waits_like_any_other(write: Write, settings: Settings, now: datetime) -> None:
    with smtp_server() as gone:
        settings.EMAIL_URL = gone.url
    row = write()
    assert send_due(now=now) == Sent(failed=1)
    row.refresh_from_db()
    assert row.last_error == "smtp_ConnectionRefusedError"


@pytest.mark.parametrize("reply", ["421 closing", "451 busy", "452 full", "550 no such user", "554 no"])
def test_refusals_of_a_mail_server_are_kept_by_number(
    write: Write, mailbox: Mailbox, now: datetime, reply: str
) -> None:
    row, mailbox.reply = write(), reply
    send_due(now=now)
    row.refresh_from_db()
    assert (row.state, row.last_error) == (Delivery.QUEUED, f"smtp_{reply[:3]}")


@pytest.mark.parametrize(
    ("asked", "wait"), [("120", 120), ("3", 10), ("99999", 3600), ("Wed, 21 Oct 2026", 10), ("-5", 10), ("", 10)]
)
def test_provider_says_how_long_to_wait_within_reason(
    write: Write, provider: Provider, now: datetime, asked: str, wait: int
) -> None:
    row = write(MessageChannel.SMS)
    provider.status, provider.headers = 429, {"Retry-After": asked} if asked else {}
    send_due(now=now)
    row.refresh_from_db()
    assert (row.last_error, row.due_at) == ("sms_429", now + timedelta(seconds=wait))


FAULTY: dict[str, dict[str, Any]] = {
    "500": {"status": 500},
    "503": {"status": 503, "body": b"<html>"},
    "nonsense": {"body": b"\xff\x00 not json"},
    "list": {"body": b"[1]"},
    "no_sid": {"body": b"{}"},
    "html": {"body": b"<html>fine</html>"},
    "endless": {"body": b"x" * 100_000},
    "drips": {"body": b"x" * 40, "pause": 0.05},
    "hangs": {"pause": 1.0},
    "hangs_up": {"hang_up": True},
}
SMS_CODES = {"500": "sms_500", "503": "sms_503", "hangs": "sms_ReadTimeout", "hangs_up": "sms_RemoteProtocolError"}


@pytest.mark.parametrize("fault", FAULTY)
def test_text_comes_again_after_each_fault_of_a_provider(
    write: Write, provider: Provider, now: datetime, fault: str
) -> None:
    row, well = write(MessageChannel.SMS), Provider()
    for name, value in FAULTY[fault].items():
        setattr(provider, name, value)
    assert send_due(now=now) == Sent(failed=1)
    row.refresh_from_db()
    assert (row.state, row.last_error) == (Delivery.QUEUED, SMS_CODES.get(fault, "sms_nonsense"))
    for name in FAULTY[fault]:
        setattr(provider, name, getattr(well, name))
    assert send_due(now=now + timedelta(seconds=10)) == Sent(sent=1)
