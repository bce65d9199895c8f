"""Dead letters: seen by staff, tried again with a reason while their contents are kept, each time journaled."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.enums import Delivery, Role
from accounts.exceptions import NotAllowed, PortalError
from accounts.messages import dead_letters
from accounts.messages.outbox import Sent, send_due
from accounts.models import Account, Event, Note, OutboxMessage
from tests.accounts.messages.writing import Write
from tests.console import console
from tests.factories import make_staff
from tests.fakes.smtp import Mailbox
from tests.pages import read

pytestmark = pytest.mark.django_db

LIST = "/staff/accounts/outboxmessage/"


@pytest.fixture
def failed(write: Write, now: datetime) -> OutboxMessage:
    row = write()
    OutboxMessage.objects.filter(pk=row.pk).update(
        state=Delivery.FAILED, attempts=8, finished_at=now, last_error="smtp_550"
    )
    row.refresh_from_db()
    return row


def agent() -> Actor:
    return Actor.staff(make_staff("sam", Role.AGENT))


def test_failed_message_is_sent_after_all(failed: OutboxMessage, mailbox: Mailbox, ana: Account, now: datetime) -> None:
    dead_letters.requeue(failed.pk, actor=agent(), reason=" The server is back. ", now=now)
    event = Event.objects.get(action="message.requeued")
    assert (event.account_id, Note.objects.get(event_id=event.pk).text) == (ana.pk, "The server is back.")
    assert send_due(now=now) == Sent(sent=1)
    failed.refresh_from_db()
    assert (failed.state, failed.attempts, failed.payload) == (Delivery.SENT, 1, None)
    assert mailbox.recipients == [["ana@example.test"]]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"payload": None}, "cannot_requeue"),
        ({"state": Delivery.SENT}, "cannot_requeue"),
        ({"state": Delivery.QUEUED}, "cannot_requeue"),
        ({}, "reason_required"),
    ],
)
def test_message_is_not_requeued(failed: OutboxMessage, now: datetime, fields: dict[str, object], code: str) -> None:
    OutboxMessage.objects.filter(pk=failed.pk).update(**fields)
    before = OutboxMessage.objects.values().get()
    with pytest.raises(PortalError) as refused:
        dead_letters.requeue(failed.pk, actor=agent(), reason="" if not fields else "please", now=now)
    assert (refused.value.code, OutboxMessage.objects.values().get()) == (code, before)
    assert Event.objects.filter(action="message.requeued").count() == 0


def test_auditors_and_customers_requeue_nothing(failed: OutboxMessage, ana: Account, now: datetime) -> None:
    for actor in (Actor.staff(make_staff("aud", Role.AUDITOR)), Actor.customer(ana)):
        with pytest.raises(NotAllowed):
            dead_letters.requeue(failed.pk, actor=actor, reason="please", now=now)


def test_second_requeue_of_the_same_failure_is_refused(failed: OutboxMessage, now: datetime) -> None:
    sam = agent()
    dead_letters.requeue(failed.pk, actor=sam, reason="once", now=now)
    with pytest.raises(dead_letters.CannotRequeue):
        dead_letters.requeue(failed.pk, actor=sam, reason="twice", now=now)


def test_contents_are_wiped_after_three_days(failed: OutboxMessage, now: datetime) -> None:
    ends = now + timedelta(hours=72)
    assert [dead_letters.wipe_old(now=moment) for moment in (ends - timedelta(microseconds=1), ends, ends)] == [0, 1, 0]


def staff(role: Role = Role.AGENT) -> Client:
    return console(make_staff("lea", role))


def test_staff_see_what_failed_and_never_to_whom_or_what(failed: OutboxMessage, write: Write, ana: Account) -> None:
    write()
    client = staff()
    listed, record = client.get(LIST), client.get(f"{LIST}{failed.pk}/")
    for page in (listed, record):
        assert page.status_code == 200
        for hidden in (b"ana@example.test", b"246810"):
            assert hidden not in page.content
    assert "smtp_550" in read(listed).text
    assert read(listed).text.count("closing_code") == 1
    assert "kept sealed" in read(record).text


def test_staff_requeue_on_the_console_with_a_reason(failed: OutboxMessage) -> None:
    client, address = staff(), f"{LIST}{failed.pk}/requeue/"
    refused = client.post(address, {"reason": " "})
    assert (refused.status_code, client.get(address).status_code) == (422, 405)
    assert client.post(address, {"reason": "The server is back."}).status_code == 302
    assert "queued again" in read(client.get(LIST)).text
    failed.refresh_from_db()
    assert failed.state == Delivery.QUEUED
    assert client.post(address, {"reason": "again"}).status_code == 404


def test_auditor_looks_and_is_offered_nothing(failed: OutboxMessage) -> None:
    client = staff(Role.AUDITOR)
    assert "requeue" not in client.get(f"{LIST}{failed.pk}/").content.decode()
    assert client.post(f"{LIST}{failed.pk}/requeue/", {"reason": "please"}).status_code == 403
