"""Messages completed when they are sent: more to say, or nothing at all."""

from dataclasses import replace
from datetime import datetime

import pytest

from accounts.enums import Delivery
from accounts.messages import late, outbox
from accounts.messages.payload import Payload
from accounts.models import OutboxMessage
from tests.accounts.messages.writing import Write
from tests.fakes.smtp import Mailbox

pytestmark = pytest.mark.django_db(transaction=True)
TEMPLATE = "closing_code"


@pytest.fixture
def _unplugged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late, "_late", {})


@pytest.mark.usefixtures("_unplugged")
def test_message_is_completed_at_each_attempt(write: Write, mailbox: Mailbox, now: datetime) -> None:
    made = iter(["111111", "222222"])

    def complete(message: OutboxMessage, said: Payload, *, now: datetime) -> Payload:
        return replace(said, context={**said.context, "code": next(made)})

    late.plug(TEMPLATE, complete)
    write()
    mailbox.reply = "450 later"
    assert outbox.send_due(now=now).failed == 1
    mailbox.reply = "250 OK"
    assert outbox.send_due(now=now + outbox.FIRST_WAIT).sent == 1
    assert "222222" in str(mailbox.mails[0].get_body(("plain",)))


@pytest.mark.usefixtures("_unplugged")
def test_nothing_to_say_is_sent_to_nobody_and_over(write: Write, mailbox: Mailbox, now: datetime) -> None:
    late.plug(TEMPLATE, lambda message, said, *, now: None)
    message = write()
    assert outbox.send_due(now=now).sent == 1
    message.refresh_from_db()
    assert (mailbox.mails, message.state, message.payload) == ([], Delivery.SENT, None)
