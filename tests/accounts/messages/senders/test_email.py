"""Mail over a real SMTP server."""

from datetime import datetime
from uuid import UUID

import pytest
from pytest_django.fixtures import Settings

from accounts.messages.errors import SendFailed
from accounts.messages.render import Rendered
from accounts.messages.senders import email
from tests.fakes.smtp import Mailbox, free_port

ID = UUID(int=7)
WORDS = Rendered(subject="Your code", text="It is 246810 – ä.\n", html="<p>It is 246810 – ä.</p>")


def test_mail_arrives_as_text_and_html(mailbox: Mailbox, now: datetime) -> None:
    email.send(ID, to="ana@example.test", words=WORDS, now=now)
    mail = mailbox.mails[0]
    assert mailbox.recipients == [["ana@example.test"]]
    told = {name: str(mail[name]) for name in ("From", "To", "Subject", "Message-ID", "Auto-Submitted")}
    assert told == {
        "From": "Northbank <no-reply@portal.example.test>",
        "To": "ana@example.test",
        "Subject": "Your code",
        "Message-ID": f"<{ID}@portal.example.test>",
        "Auto-Submitted": "auto-generated",
    }
    parts = [(part.get_content_type(), part.get_content().strip()) for part in mail.iter_parts()]
    assert parts == [("text/plain", WORDS.text.strip()), ("text/html", WORDS.html)]


@pytest.mark.parametrize(
    "to",
    [
        "ana@example.test\r\nBcc: everybody@example.test",
        "ana@example.test\nSubject: other",
        "ana@example.test, everybody@example.test",
        "",
        "nobody",
        "Ana <ana@example.test>",
    ],
)
def test_header_cannot_be_injected_by_the_recipient(mailbox: Mailbox, now: datetime, to: str) -> None:
    with pytest.raises(SendFailed, match="bad_address"):
        email.send(ID, to=to, words=WORDS, now=now)
    assert mailbox.mails == []


def test_header_cannot_be_injected_by_the_subject(mailbox: Mailbox, now: datetime) -> None:
    words = Rendered(subject="Your code\r\nBcc: everybody@example.test", text="x", html="x")
    with pytest.raises(SendFailed, match="bad_address"):
        email.send(ID, to="ana@example.test", words=words, now=now)


@pytest.mark.parametrize(
    ("reply", "code"), [("550 no such user", "smtp_550"), ("451 busy", "smtp_451"), ("221 bye", "smtp_221")]
)
def test_refusal_is_told_by_its_code(mailbox: Mailbox, now: datetime, reply: str, code: str) -> None:
    mailbox.reply = reply
    with pytest.raises(SendFailed) as failed:
        email.send(ID, to="ana@example.test", words=WORDS, now=now)
    assert failed.value.code == code


def test_server_that_is_away_is_a_failure(settings: Settings, now: datetime) -> None:
    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port()}"
    with pytest.raises(SendFailed, match="smtp_ConnectionRefusedError"):
        email.send(ID, to="ana@example.test", words=WORDS, now=now)


def test_encryption_that_is_asked_for_is_never_left_out(mailbox: Mailbox, settings: Settings, now: datetime) -> None:
    settings.EMAIL_URL = mailbox.url.replace("smtp://", "smtp+tls://")
    with pytest.raises(SendFailed, match="smtp_SMTPNotSupportedError"):
        email.send(ID, to="ana@example.test", words=WORDS, now=now)
    assert mailbox.mails == []


def test_international_address_is_written_as_it_is(now: datetime) -> None:
    mail = email.compose(ID, to="änne@exämple.test", words=WORDS, now=now)
    assert str(mail["To"]) == "änne@exämple.test"
