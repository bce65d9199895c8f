"""A customer to write to, and the two servers that take messages."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from pytest_django.fixtures import Settings

from accounts.enums import MessageChannel
from accounts.messages import outbox
from accounts.models import Account, OutboxMessage
from tests.accounts.messages.writing import Write
from tests.factories import make_account
from tests.fakes.sms_provider import Provider, sms_provider
from tests.fakes.smtp import Mailbox, smtp_server


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    with smtp_server() as running:
        settings.EMAIL_URL = running.url
        yield running


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    with sms_provider() as running:
        settings.SMS_URL = running.url
        yield running


@pytest.fixture
def write(ana: Account, now: datetime) -> Write:
    """Queue a code to Ana, by mail unless told otherwise."""

    def queued(channel: MessageChannel = MessageChannel.EMAIL, *, account: Account = ana) -> OutboxMessage:
        return outbox.enqueue(
            account_id=account.pk,
            template="closing_code",
            channel=channel,
            to=str(account.email if channel is MessageChannel.EMAIL else account.phone),
            language="en",
            context={"code": "246810", "minutes": 10},
            now=now,
        )

    return queued
