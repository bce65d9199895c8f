"""The outbox: sealed until delivered, sent once, tried again with patience, wiped at the end."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from accounts.enums import AccountStatus, Delivery, MessageChannel
from accounts.messages import outbox, wake
from accounts.messages.outbox import Sent, send_due, wait_after
from accounts.models import Account, OutboxMessage
from tests.accounts.messages.writing import Write
from tests.factories import make_account
from tests.fakes.sms_provider import Provider
from tests.fakes.smtp import Mailbox
from tests.races import race

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def test_message_waits_sealed(write: Write) -> None:
    row = write()
    for plain in (b"ana@example.test", b"246810", b"minutes"):
        assert plain not in bytes(row.payload or b"")


def test_mail_is_sent_and_its_payload_wiped(write: Write, mailbox: Mailbox, now: datetime) -> None:
    row = write()
    assert send_due(now=now) == Sent(sent=1)
    row.refresh_from_db()
    assert (row.state, row.payload, row.attempts, row.finished_at) == (Delivery.SENT, None, 1, now)
    assert mailbox.recipients == [["ana@example.test"]]
    assert send_due(now=now + HOUR) == Sent()


def test_text_is_sent(write: Write, provider: Provider, ana: Account, now: datetime) -> None:
    write(MessageChannel.SMS)
    assert send_due(now=now) == Sent(sent=1)
    assert [call["form"]["To"] for call in provider.calls] == [ana.phone]


def test_oldest_goes_first_and_a_limit_holds(write: Write, mailbox: Mailbox, now: datetime) -> None:
    first, second = write(), write()
    OutboxMessage.objects.filter(pk=second.pk).update(due_at=now - HOUR)
    assert send_due(now=now, limit=1) == Sent(sent=1)
    assert set(OutboxMessage.objects.filter(state=Delivery.QUEUED).values_list("pk", flat=True)) == {first.pk}


def test_message_waits_for_its_time(write: Write, mailbox: Mailbox, now: datetime) -> None:
    row = write()
    assert send_due(now=row.due_at - timedelta(microseconds=1)) == Sent()


@pytest.mark.parametrize("channel", list(MessageChannel))
def test_message_without_a_provider_waits(write: Write, now: datetime, channel: MessageChannel) -> None:
    row = write(channel)
    assert send_due(now=now) == Sent()
    row.refresh_from_db()
    assert (row.state, row.attempts) == (Delivery.QUEUED, 0)


def test_refused_message_is_tried_again_later(write: Write, mailbox: Mailbox, now: datetime) -> None:
    row = write()
    mailbox.reply = "451 busy"
    assert send_due(now=now) == Sent(failed=1)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.due_at, row.last_error) == (
        Delivery.QUEUED,
        1,
        now + timedelta(seconds=10),
        "smtp_451",
    )
    mailbox.reply = "250 OK"
    assert send_due(now=now) == Sent()
    assert send_due(now=now + timedelta(seconds=10)) == Sent(sent=1)


def test_message_fails_after_eight_attempts_and_stays_sealed_for_three_days(
    write: Write, mailbox: Mailbox, now: datetime
) -> None:
    row = write()
    mailbox.reply = "550 no such user"
    assert [send_due(now=now + number * HOUR) for number in range(9)] == [Sent(failed=1)] * 8 + [Sent()]
    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_error) == (Delivery.FAILED, 8, "smtp_550")
    assert b"246810" not in bytes(row.payload or b"246810")
    ends = (row.finished_at or now) + timedelta(hours=72)
    for moment, is_kept in ((ends - timedelta(microseconds=1), True), (ends, False)):
        send_due(now=moment)
        assert (OutboxMessage.objects.get().payload is not None) == is_kept


def test_waits_grow_to_an_hour() -> None:
    waits = [int(wait_after(number).total_seconds()) for number in range(1, 9)]
    assert waits == [
        10,
        30,
        90,
        270,
        810,
        2430,
        3600,
        3600,
    ]


def test_process_that_dies_while_sending_has_counted_its_attempt(write: Write, mailbox: Mailbox, now: datetime) -> None:
    row = write()
    assert outbox._claim(row, now=now)
    row.refresh_from_db()
    assert (row.state, row.attempts) == (Delivery.QUEUED, 1)
    assert send_due(now=row.due_at) == Sent(sent=1)


def test_payload_that_does_not_open_fails_at_once(write: Write, mailbox: Mailbox, now: datetime) -> None:
    first, second = write(), write()
    OutboxMessage.objects.filter(pk=first.pk).update(payload=second.payload)
    assert send_due(now=now) == Sent(sent=1, failed=1)
    first.refresh_from_db()
    assert (first.state, first.last_error) == (Delivery.FAILED, "Unreadable")


def test_message_without_words_stops_no_other(write: Write, mailbox: Mailbox, now: datetime) -> None:
    first = write()
    write()
    OutboxMessage.objects.filter(pk=first.pk).update(template="no_such_template")
    assert send_due(now=now) == Sent(sent=1, failed=1)
    first.refresh_from_db()
    assert (first.state, first.last_error) == (Delivery.QUEUED, "TemplateDoesNotExist")


def test_sending_ends_in_good_time(
    write: Write, mailbox: Mailbox, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    write()
    monkeypatch.setattr(outbox, "WORK_SECONDS", 0)
    assert send_due(now=now) == Sent()
    monkeypatch.setattr(outbox, "WORK_SECONDS", 8)
    assert send_due(now=now) == Sent(sent=1)


def test_last_mail_of_a_closed_account_leaves_no_row(mailbox: Mailbox, write: Write, now: datetime) -> None:
    write(account=make_account("dot", status=AccountStatus.CLOSED))
    assert send_due(now=now) == Sent(sent=1)
    assert OutboxMessage.objects.count() == 0


def test_last_mail_that_cannot_be_sent_is_gone_after_three_days(write: Write, now: datetime) -> None:
    kept = write()
    write(account=make_account("dot", status=AccountStatus.CLOSED))
    send_due(now=now + timedelta(hours=72) - timedelta(microseconds=1))
    assert OutboxMessage.objects.count() == 2
    send_due(now=now + timedelta(hours=72))
    assert list(OutboxMessage.objects.all()) == [kept]


def test_queueing_wakes_the_sender(write: Write) -> None:
    hints: list[int] = []
    wake.set_wake(lambda: hints.append(1))
    try:
        write()
    finally:
        wake.set_wake(wake.nobody)
    write()
    assert hints == [1]


def test_rolled_back_change_writes_to_nobody(write: Write) -> None:
    def change() -> None:
        with transaction.atomic():
            write()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change()
    assert OutboxMessage.objects.count() == 0


def test_what_is_no_fact_is_refused_at_once(ana: Account, now: datetime) -> None:
    with pytest.raises(TypeError):
        outbox.enqueue(
            account_id=ana.pk,
            template="closing_code",
            channel=MessageChannel.EMAIL,
            to="ana@example.test",
            language="en",
            context={"account": ana},
            now=now,
        )


@pytest.mark.django_db(transaction=True)
def test_senders_that_race_send_once(write: Write, mailbox: Mailbox, now: datetime) -> None:
    write()
    results = race(4, lambda: send_due(now=now))
    assert sum(result.sent for result in results if isinstance(result, Sent)) == 1
    assert len(mailbox.mails) == 1


def test_demo_without_servers_prints(
    write: Write, now: datetime, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.DEMO = True
    write()
    write(MessageChannel.SMS)
    assert send_due(now=now) == Sent(sent=2)
    assert capsys.readouterr().err.count("246810") == 4


def test_message_that_killed_its_sender_each_time_is_given_up(write: Write, mailbox: Mailbox, now: datetime) -> None:
    row = write()
    # The attempt is counted before the work, so a sender that died leaves a row that says nothing else.
    OutboxMessage.objects.filter(pk=row.pk).update(attempts=outbox.MAX_ATTEMPTS)
    assert send_due(now=now) == Sent()
    row.refresh_from_db()
    assert (row.state, row.last_error) == (Delivery.FAILED, "sender_died")
    assert mailbox.recipients == []
