"""What the owner of a reactivation was told, for staff who say why they read it (H07, L04)."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.models import Event, OutboxMessage
from closure.admin.reactivations.told import NAMES, messages_of
from closure.enums import ReactivationState
from closure.models import Reactivation
from closure.reactivation import lifecycle
from closure.reactivation.mails import TOLD
from tests.closure.reactivating import disabled, make_reactivation, me
from tests.closure.reactivation_pages import decide, handed_in, place
from tests.console import console
from tests.factories import make_staff
from tests.outbox import messages, send
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.row("H07", "L04")]


@pytest.fixture
def sam() -> Client:
    return console(make_staff("sam"))


@pytest.fixture
def row(now: datetime) -> Reactivation:
    return handed_in(now=now)


def asked(sam: Client, row: Reactivation, now: datetime) -> str:
    """Ask for better photos; returns where the message about it is read."""
    decide(sam, row, "ask", note="light", reason="Go to a window.")
    return place(row, f"messages/{send(messages(row.account, template='reactivation_asked')[0], now).pk}/")


def test_every_message_whose_words_are_kept_has_a_name_for_staff() -> None:
    assert set(NAMES) == set(TOLD)


@pytest.mark.row("J15")
def test_message_is_read_as_it_was_sent_for_a_reason(sam: Client, row: Reactivation, now: datetime) -> None:
    where = asked(sam, row, now)
    assert where in [link.get("href") for link in read(sam.get(place(row))).every("a")]
    page = read(sam.get(where))
    assert "Go to a window." not in page.text
    assert place(row) in [link.get("href") for link in page.every("a")]
    assert sam.post(where, {"reason": ""}).status_code == 422
    assert Event.objects.filter(action="message.read").count() == 0
    assert "Go to a window." in read(sam.post(where, {"reason": "She called."})).text
    assert Event.objects.filter(action="message.read", account_id=row.account_id).count() == 1


def test_link_that_stops_it_is_never_among_the_words(sam: Client, now: datetime) -> None:
    ana = disabled("ana", now=now)
    row = lifecycle.start(ana.pk, actor=me(ana), now=now)
    sent = send(messages(ana, template="reactivation_started")[0], now, token="secret", hours=72)
    Reactivation.objects.filter(pk=row.pk).update(state="submitted", submitted_at=now)
    text = read(sam.post(place(row, f"messages/{sent.pk}/"), {"reason": "She called."})).text
    assert ("/stop/…/" in text, "secret" in text, row.reference in text) == (True, False, True)


def test_auditor_sees_that_there_was_a_message_and_reads_none(sam: Client, row: Reactivation, now: datetime) -> None:
    where, eve = asked(sam, row, now), console(make_staff("eve", Role.AUDITOR))
    assert "Show the message" not in read(eve.get(where)).text
    assert eve.post(where, {"reason": "x"}).status_code == 403


def test_message_about_another_try_or_another_account_is_not_of_this_one(
    sam: Client, row: Reactivation, now: datetime
) -> None:
    where = asked(sam, row, now)
    key = where.rsplit("/", 2)[1]
    other = handed_in("ben", now=now)
    assert sam.get(place(other, f"messages/{key}/")).status_code == 404
    Reactivation.objects.filter(pk=row.pk).update(state="refused")
    later = make_reactivation(row.account, ReactivationState.SUBMITTED, now=now + timedelta(hours=1))
    assert ([str(each.row.pk) for each in messages_of(row)].count(key), messages_of(later)) == (1, [])
    OutboxMessage.objects.update(created_at=now + timedelta(hours=1))
    assert (messages_of(row), [str(each.row.pk) for each in messages_of(later)].count(key)) == ([], 1)
