"""A real SMTP server on the loopback interface that keeps what it takes and can be told to refuse."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

HOST = "127.0.0.1"


@dataclass
class Mailbox:
    """What the server took; `reply` is what it answers to the next mails."""

    url: str = ""
    reply: str = "250 OK"
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep a mail when the reply accepts it."""
        if self.reply.startswith("2"):
            self.mails.append(message_from_bytes(envelope.original_content, policy=policy.default))
            self.recipients.append(list(envelope.rcpt_tos))
        return self.reply


@contextmanager
def smtp_server() -> Iterator[Mailbox]:
    """Run the server on a free port."""
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname=HOST, port=free_port())
    controller.start()
    mailbox.url = f"smtp://{HOST}:{controller.port}"
    try:
        yield mailbox
    finally:
        controller.stop()


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
