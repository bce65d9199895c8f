"""Messages that visitors cause are limited: one contact, one range of numbers, all of them (toll fraud)."""

import logging
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.enums import MessageChannel
from accounts.exceptions import NotAllowed
from accounts.messages import limits
from accounts.models import OutboxMessage, SmsDevice, Tally
from accounts.tallies import LimitReached
from accounts.verification import sign_in, step_up
from tests.factories import make_account

pytestmark = pytest.mark.django_db
EMAIL, SMS = MessageChannel.EMAIL, MessageChannel.SMS
DAY = timedelta(days=1)


def until_refused(channel: MessageChannel, to: list[str], *, now: datetime) -> tuple[int, LimitReached]:
    """Ask for messages until one is refused; return how many were not, and the refusal."""
    for number in range(1000):
        try:
            limits.spend(channel, to[number % len(to)], now=now)
        except LimitReached as refused:
            return number, refused
    raise AssertionError("there is no limit")


@pytest.mark.parametrize(("channel", "to", "most"), [(EMAIL, "ana@example.test", 60), (SMS, "+14155550101", 30)])
def test_one_contact_gets_so_many_in_a_day(channel: MessageChannel, to: str, most: int, now: datetime) -> None:
    count, refused = until_refused(channel, [to], now=now)
    assert (count, refused.retry_at) == (most, now + DAY)
    limits.spend(channel, to, now=now + DAY)


def test_one_range_of_numbers_gets_so_many_in_a_day(settings: Any, now: datetime, caplog: Any) -> None:
    settings.SMS_PER_PREFIX_AND_DAY = 5
    with caplog.at_level(logging.ERROR):
        count, refused = until_refused(SMS, [f"+1415555010{number}" for number in range(10)], now=now)
    assert (count, refused.limit, refused.retry_at) == (5, "sms_prefix", now + DAY)
    assert [record.getMessage() for record in caplog.records] == [
        "the daily limit sms_prefix of text messages is used up"
    ]
    limits.spend(SMS, "+442079460000", now=now)


def test_all_texts_of_a_day_have_an_end_and_mail_goes_on(settings: Any, now: datetime) -> None:
    settings.SMS_PER_DAY = 4
    count, refused = until_refused(SMS, ["+14155550101", "+442079460000", "+4930123456"], now=now)
    assert (count, refused.limit) == (4, "sms_all")
    limits.spend(EMAIL, "ana@example.test", now=now)
    limits.spend(SMS, "+14155550101", now=now + DAY)


def test_texts_go_to_the_countries_we_serve(settings: Any, now: datetime) -> None:
    limits.spend(SMS, "+99999", now=now)
    settings.SMS_COUNTRIES = ["US", "DE"]
    limits.spend(SMS, "+14155550101", now=now)
    for to in ("+442079460000", "+99999", "nonsense"):
        with pytest.raises(NotAllowed) as refused:
            limits.spend(SMS, to, now=now)
        assert refused.value.code == "country_not_served"


@pytest.mark.parametrize(("channel", "to"), [(EMAIL, "ana@example.test"), (SMS, "+14155550101")])
def test_strangers_use_up_nothing_that_the_owner_needs(
    channel: MessageChannel, to: str, now: datetime, settings: Any
) -> None:
    settings.SMS_PER_DAY = 10
    until_refused(channel, [to], now=now)
    limits.spend(channel, to, known=True, now=now)


def test_codes_count_before_they_are_made(settings: Any, now: datetime) -> None:
    settings.SMS_PER_DAY = 1
    ana = make_account("ana")
    phone = SmsDevice.objects.get(user=ana).id
    step_up.challenge(sign_in.begin(ana, now=now), phone, now=now)
    with pytest.raises(LimitReached):
        step_up.challenge(sign_in.begin(ana, now=now), phone, now=now)
    assert (OutboxMessage.objects.count(), Tally.objects.get(purpose="sms_all").used) == (1, 1)
