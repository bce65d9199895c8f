"""Mail by SMTP to the server of EMAIL_URL; without one a demo prints mails, and anywhere else they wait."""

import re
import smtplib
import ssl
import sys
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import environ
from django.conf import settings

from accounts.messages.errors import SendFailed
from accounts.messages.render import Rendered

TIMEOUT_SECONDS = 10
ONE_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]\\@\x00-\x1f\x7f]+@[^\s<>,;:\"()\[\]\\@\x00-\x1f\x7f]+")


def is_configured() -> bool:
    """Whether mail goes anywhere."""
    return bool(settings.EMAIL_URL) or settings.DEMO


def send(message_id: UUID, *, to: str, words: Rendered, now: datetime) -> None:
    """Hand one mail over; raises SendFailed with a code that names no person."""
    mail = compose(message_id, to=to, words=words, now=now)
    if not settings.EMAIL_URL:
        sys.stderr.write(f"{mail}\n")
        return
    try:
        _hand_over(mail, environ.Env.email_url_config(settings.EMAIL_URL))
    except smtplib.SMTPResponseException as error:
        raise SendFailed(f"smtp_{error.smtp_code}") from error
    except smtplib.SMTPRecipientsRefused as error:
        raise SendFailed("smtp_recipient_refused") from error
    except (smtplib.SMTPException, OSError) as error:
        raise SendFailed(f"smtp_{type(error).__name__}") from error


def compose(message_id: UUID, *, to: str, words: Rendered, now: datetime) -> EmailMessage:
    """Return the mail as text and HTML; raises SendFailed for an address that is none (headers cannot be injected)."""
    try:
        recipient = _recipient(to)
        mail = EmailMessage(policy=SMTP.clone(utf8=not to.isascii()))
        name, address = parseaddr(settings.MAIL_FROM)
        mail["From"] = Address(display_name=name, addr_spec=address)
        mail["To"] = recipient
        mail["Subject"] = words.subject
    except (ValueError, IndexError, MessageError) as error:
        raise SendFailed("bad_address") from error
    mail["Date"] = format_datetime(now)
    # The same at every attempt, so that a server or reader can tell a repeated mail.
    mail["Message-ID"] = f"<{message_id}@{urlsplit(settings.PORTAL_ORIGIN).hostname or 'portal.invalid'}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(words.text)
    mail.add_alternative(words.html, subtype="html")
    return mail


def _recipient(to: str) -> Address:
    """Return one plain address; the parser of addr_spec refuses international ones, so the parts are given."""
    if not ONE_ADDRESS.fullmatch(to):
        raise ValueError("not one plain address")
    username, _at, domain = to.rpartition("@")
    return Address(username=username, domain=domain)


def _hand_over(mail: EmailMessage, server: dict[str, Any]) -> None:
    host, port = server["EMAIL_HOST"], server.get("EMAIL_PORT") or 0
    if server.get("EMAIL_USE_SSL"):
        context = ssl.create_default_context()
        client: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        client = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    with client:
        if server.get("EMAIL_USE_TLS"):
            client.starttls(context=ssl.create_default_context())
        if server.get("EMAIL_HOST_USER"):
            client.login(server["EMAIL_HOST_USER"], server.get("EMAIL_HOST_PASSWORD") or "")
        client.send_message(mail)
