"""Customers without an e-mail address: every message and link comes by text, and acting needs another channel (E07)."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account, OutboxMessage, SmsDevice, TotpDevice
from accounts.verification import step_up as step_ups
from closure.enums import ClosureState
from closure.mails import CONFIRMATION
from closure.models import ClosureRequest
from closure.operations.verify import begin_verification, check_document
from tests.closure.by_operations import exported, submit_now
from tests.closure.links import asked_for, delivered, token_in
from tests.closure.presets import shown
from tests.factories import document_number, make_account, totp_code
from tests.outbox import last_code
from tests.pages import read

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("C10", "E03", "E07")]
S = ClosureState


@pytest.fixture
def ben() -> Account:
    return make_account("ben", email=None)


@pytest.fixture
def waiting(ben: Account, now: datetime) -> ClosureRequest:
    """A closure of his, asked for with a text code and the app."""
    request = exported(ben, now)
    running = begin_verification(request.pk, now=now)
    phone, app = SmsDevice.objects.get(user=ben), TotpDevice.objects.get(user=ben)
    step_ups.challenge(running, phone.pk, now=now)
    running = step_ups.answer(running, phone.pk, last_code(ben), now=now)
    running = step_ups.answer(running, app.pk, totp_code(ben), now=now)
    check_document(request.pk, document_number("ben"), now=now)
    return submit_now(request, running, now)


def test_confirmation_comes_by_text_with_the_link_that_stops_it(client: Client, waiting: ClosureRequest) -> None:
    told = OutboxMessage.objects.get(template=CONFIRMATION)
    assert told.channel == "sms"
    words = delivered(told)
    assert words is not None
    assert (waiting.reference in words.text, words.subject) == (True, "")
    assert client.post(f"/stop/{token_in(words, 'stop')}/")["Location"] == "/stop/done/"
    waiting.refresh_from_db()
    assert (waiting.state, waiting.end_reason) == (S.CANCELLED, "disputed")


def test_link_to_the_request_comes_by_text_and_the_app_cancels(
    client: Client, waiting: ClosureRequest, ben: Account
) -> None:
    OutboxMessage.objects.all().delete()
    token = token_in(asked_for(waiting.reference, str(ben.phone)), "status")
    assert client.post(f"/status/{token}/")["Location"] == "/status/open/"
    assert shown(client) == {"timeline", "dispute", "export", "cancel"}
    fields = {each.get("name") for each in read(client.get("/status/cancel/")).every("input")}
    phone, app = (str(each.objects.get(user=ben).pk) for each in (SmsDevice, TotpDevice))
    assert (phone in fields, app in fields) == (False, True)
    answer: Any = client.post("/status/cancel/", {app: totp_code(ben)})
    waiting.refresh_from_db()
    ben.refresh_from_db()
    assert (answer["Location"], waiting.state, ben.status) == ("/status/open/", S.CANCELLED, "active")
