"""Texts by HTTP to a provider that speaks Twilio's protocol; SMS_URL is https://ACCOUNT:TOKEN@HOST/PATH?from=NUMBER."""

import json
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs, quote, unquote, urlsplit
from uuid import UUID

import httpx
from django.conf import settings

from accounts.messages.errors import SendFailed
from accounts.messages.render import Rendered

TIMEOUT = httpx.Timeout(10, connect=5)
CREATED = 201
MOST_BYTES = 65_536
MOST_SECONDS = 10.0
MAX_DIGITS = 6


@dataclass(frozen=True, kw_only=True)
class Provider:
    """Where texts go, read from SMS_URL."""

    endpoint: str
    account: str
    token: str
    sender: str


def provider(url: str) -> Provider:
    """Read SMS_URL."""
    parts = urlsplit(url)
    account = unquote(parts.username or "")
    host = parts.hostname or ""
    place = f"{f'[{host}]' if ':' in host else host}{f':{parts.port}' if parts.port else ''}{parts.path.rstrip('/')}"
    return Provider(
        endpoint=f"{parts.scheme}://{place}/2010-04-01/Accounts/{quote(account, safe='')}/Messages.json",
        account=account,
        token=unquote(parts.password or ""),
        sender=parse_qs(parts.query).get("from", [settings.PORTAL_BRAND])[0],
    )


def is_configured() -> bool:
    """Whether text messages go anywhere."""
    return bool(settings.SMS_URL) or settings.DEMO


def send(message_id: UUID, *, to: str, words: Rendered, now: datetime) -> None:  # noqa: ARG001  (the senders' one shape)
    """Hand one text over; raises SendFailed with a code that names no person."""
    if not settings.SMS_URL:
        sys.stderr.write(f"text to {to}: {words.text}\n")
        return
    target = provider(settings.SMS_URL)
    try:
        # Neither proxies of the environment nor redirects: the message goes to the configured host or nowhere.
        with httpx.stream(
            "POST",
            target.endpoint,
            data={"From": target.sender, "To": to, "Body": words.text},
            auth=(target.account, target.token),
            timeout=TIMEOUT,
            follow_redirects=False,
            trust_env=False,
        ) as answer:
            said = _read(answer)
    except httpx.HTTPError as error:
        raise SendFailed(f"sms_{type(error).__name__}") from error
    if answer.status_code != CREATED:
        raise SendFailed(f"sms_{answer.status_code}", wait=_asked_to_wait(answer))
    if not _is_receipt(said):
        raise SendFailed("sms_nonsense")


def _read(answer: httpx.Response) -> bytes:
    """Return the body; one that is long or drips is nonsense, however patient its sender."""
    said, ends = b"", time.monotonic() + MOST_SECONDS
    for piece in answer.iter_bytes():
        said += piece
        if len(said) > MOST_BYTES or time.monotonic() > ends:
            raise SendFailed("sms_nonsense")
    return said


def _asked_to_wait(answer: httpx.Response) -> timedelta | None:
    """Return what Retry-After says in seconds; the other form, a date, is nothing that providers send."""
    said = answer.headers.get("Retry-After", "")
    return timedelta(seconds=int(said)) if said.isascii() and said.isdigit() and len(said) <= MAX_DIGITS else None


def _is_receipt(said: bytes) -> bool:
    try:
        told = json.loads(said)
    except ValueError:
        return False
    return isinstance(told, dict) and bool(told.get("sid"))
