"""What customers were told is kept for a time, sealed, and read for a reason that the journal keeps."""

import json
from datetime import datetime, timedelta

import pytest

from accounts.actors import Actor
from accounts.enums import Delivery, MessageChannel, Role
from accounts.exceptions import NotAllowed, PortalError, ReasonRequired
from accounts.messages import kept, outbox, payload
from accounts.messages.kept import NotKept
from accounts.messages.payload import Payload
from accounts.models import Account, Event, Note, OutboxMessage
from tests.factories import make_account, make_staff
from tests.outbox import send

pytestmark = [pytest.mark.django_db, pytest.mark.row("H07")]
CONTEXT = {"reference": "CL-7F2A-94KD", "reason": "Something is left.", "anti_phishing_code": "blue kettle"}


@pytest.fixture
def sam() -> Actor:
    return Actor.staff(make_staff("sam"))


def told(account: Account, now: datetime, template: str = "closure_rejected") -> OutboxMessage:
    """Queue a message and let it be sent, as the sender does."""
    message = outbox.enqueue(
        account_id=account.pk,
        template=template,
        channel=MessageChannel.EMAIL,
        to=account.email or "",
        language="en",
        context=CONTEXT,
        now=now,
    )
    return send(message, now, stop="s3cret")


def test_words_are_read_as_they_were_sent_for_a_reason(sam: Actor, now: datetime) -> None:
    ana = make_account("ana")
    message = told(ana, now)
    assert b"left" not in bytes(message.payload or b"left")
    language, words = kept.read(message.pk, actor=sam, reason=" She called. ", now=now)
    assert (language, "The reason: Something is left." in words.text) == ("en", True)
    event = Event.objects.get(action="message.read")
    data = json.loads(bytes(event.body))["data"]
    assert (event.account_id, data) == (ana.pk, {"message": str(message.pk), "template": "closure_rejected"})
    assert Note.objects.get(event_id=event.pk).text == "She called."


def test_links_that_act_and_the_customer_s_own_words_are_not_kept(sam: Actor, now: datetime) -> None:
    message = told(make_account("ana"), now, "closure_confirmation")
    _language, words = kept.read(message.pk, actor=sam, reason="Why?", now=now)
    assert ("/stop/…/" in words.text, "s3cret" in words.text, "blue kettle" in words.text) == (True, False, False)


def test_most_messages_leave_nothing(now: datetime) -> None:
    assert told(make_account("ana"), now, "sign_in_code").payload is None


@pytest.mark.parametrize(
    ("role", "reason", "error"),
    [(Role.AUDITOR, "Why?", NotAllowed), (Role.AGENT, " ", ReasonRequired)],
)
def test_reading_is_refused(role: Role, reason: str, error: type[PortalError], now: datetime) -> None:
    message = told(make_account("ana"), now)
    with pytest.raises(error):
        kept.read(message.pk, actor=Actor.staff(make_staff("ada", role)), reason=reason, now=now)
    assert Event.objects.filter(action="message.read").count() == 0


def test_what_is_not_sent_or_wiped_is_not_read(sam: Actor, now: datetime) -> None:
    message = told(make_account("ana"), now)
    OutboxMessage.objects.filter(pk=message.pk).update(state=Delivery.FAILED)
    with pytest.raises(NotKept):
        kept.read(message.pk, actor=sam, reason="Why?", now=now)


def test_words_go_when_their_time_is_over(sam: Actor, now: datetime) -> None:
    message = told(make_account("ana"), now)
    assert kept.wipe_old(now=now + kept.KEPT - timedelta(microseconds=1)) == 0
    assert kept.wipe_old(now=now + kept.KEPT) == 1
    with pytest.raises(NotKept):
        kept.read(message.pk, actor=sam, reason="Why?", now=now)


def test_payload_of_another_row_is_not_opened(sam: Actor, now: datetime) -> None:
    message = told(make_account("ana"), now)
    strange = payload.close(Payload(to="x", language="en", context={"subject": "", "text": ""}), make_account("b").pk)
    OutboxMessage.objects.filter(pk=message.pk).update(payload=strange)
    with pytest.raises(ValueError, match="does not open"):
        kept.read(message.pk, actor=sam, reason="Why?", now=now)
