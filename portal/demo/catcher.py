"""Catches mail (real SMTP) and text messages (HTTP in Twilio's shape) in memory; nothing of it is written to disk."""

import itertools
import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from accounts import clock

LOOPBACK = "127.0.0.1"
KEPT = 1000
MAX_BODY = 100_000


@dataclass(frozen=True)
class Caught:
    """One message as its recipient would see it."""

    id: int
    channel: str
    to: str
    subject: str
    text: str
    sent_at: str


class Box:
    """What was caught, newest first; safe between threads."""

    def __init__(self) -> None:
        self._messages: deque[Caught] = deque(maxlen=KEPT)
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def add(self, *, channel: str, to: str, subject: str, text: str) -> None:
        """Keep one message."""
        with self._lock:
            sent_at = clock.now().isoformat(timespec="seconds").replace("+00:00", "Z")
            self._messages.appendleft(Caught(next(self._numbers), channel, to, subject, text, sent_at))

    def messages(self, to: str = "") -> list[dict[str, Any]]:
        """Return messages to one recipient, or all of them when `to` is empty."""
        with self._lock:
            return [asdict(message) for message in self._messages if not to or message.to.lower() == to.lower()]


BOX = Box()


class MailHandler:
    """Takes every mail offered by SMTP."""

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail's text part for each recipient."""
        mail = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        body = mail.get_body(("plain",))
        text = str(body.get_content()) if body is not None else ""
        for recipient in envelope.rcpt_tos:
            BOX.add(channel="email", to=str(recipient), subject=str(mail["Subject"] or ""), text=text)
        return "250 OK"


class TextHandler(BaseHTTPRequestHandler):
    """Takes every text message posted as Twilio's clients do."""

    def do_POST(self) -> None:
        """Keep the message and answer as the provider does."""
        length = min(int(self.headers.get("Content-Length") or 0), MAX_BODY)
        form = parse_qs(self.rfile.read(length).decode())
        to, text = form.get("To", [""])[0], form.get("Body", [""])[0]
        BOX.add(channel="sms", to=to, subject="", text=text)
        answer = json.dumps({"sid": "SM" + "0" * 32, "status": "queued", "to": to}).encode()
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_args: Any) -> None:
        """Keep quiet: the text holds codes."""


@contextmanager
def catching() -> Iterator[tuple[str, str]]:
    """Run both catchers on free loopback ports; yields EMAIL_URL and SMS_URL for whoever sends."""
    mail = Controller(MailHandler(), hostname=LOOPBACK, port=_free_port())
    mail.start()
    texts = ThreadingHTTPServer((LOOPBACK, 0), TextHandler)
    texts.daemon_threads = True
    thread = threading.Thread(target=texts.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"smtp://{LOOPBACK}:{mail.port}", f"http://demo:demo@{LOOPBACK}:{texts.server_address[1]}"
    finally:
        texts.shutdown()
        texts.server_close()
        mail.stop()


def _free_port() -> int:
    with ThreadingHTTPServer((LOOPBACK, 0), TextHandler) as probe:
        return int(probe.server_address[1])
