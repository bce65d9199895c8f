"""How many messages somebody may cause: to one contact, to one range of numbers, and in all (toll fraud).

Counted by what is asked for, not by what is sent: the same whether or not somebody has the address.
"""

import logging
from datetime import datetime, timedelta

import phonenumbers
from django.conf import settings
from django.utils.translation import gettext as _

from accounts import tallies
from accounts.enums import MessageChannel
from accounts.exceptions import NotAllowed
from accounts.tallies import Limit, LimitReached, Use

logger = logging.getLogger(__name__)
DAY = timedelta(days=1)
# The plus sign and seven digits: a country and the range that a provider rents out.
PREFIX = 8
MAIL_TO_CONTACT = Limit(name="mail_contact", most=60, within=DAY)
SMS_TO_CONTACT = Limit(name="sms_contact", most=30, within=DAY)
SMS_PREFIX, SMS_ALL = "sms_prefix", "sms_all"
KNOWN = "known "


def spend(channel: MessageChannel, to: str, *, now: datetime, known: bool = False) -> None:
    """Count one message that somebody asks for; raises LimitReached, NotAllowed for a country we do not serve.

    `known` is whoever has shown more than the address (a password, a session, a link): strangers who ask for messages
    to it must not use up what its owner needs to sign in. Must be called outside of any transaction, before the work
    that writes the message.
    """
    who = KNOWN if known else ""
    if channel is MessageChannel.EMAIL:
        tallies.spend([Use(limit=MAIL_TO_CONTACT, of=who + to)], now=now)
        return
    check_country(to)
    everybody = Limit(name=SMS_ALL, most=settings.SMS_PER_DAY, within=DAY)
    some = Limit(name=SMS_PREFIX, most=settings.SMS_PER_PREFIX_AND_DAY, within=DAY)
    uses = [Use(limit=SMS_TO_CONTACT, of=who + to), Use(limit=some, of=who + to[:PREFIX]), Use(limit=everybody, of=who)]
    try:
        tallies.spend(uses, now=now)
    except LimitReached as error:
        if error.limit in {SMS_PREFIX, SMS_ALL}:
            # The breaker is open until its day is over: somebody may be pumping texts at our cost.
            logger.error("the daily limit %s of text messages is used up", error.limit)  # noqa: TRY400  (no trace)
        raise


def check_country(to: str) -> None:
    """Refuse a number of a country that text messages do not go to; raises NotAllowed."""
    if not settings.SMS_COUNTRIES:
        return
    try:
        country = phonenumbers.region_code_for_number(phonenumbers.parse(to))
    except phonenumbers.NumberParseException:
        country = None
    if country not in settings.SMS_COUNTRIES:
        raise NotAllowed(_("We send no text messages to this country. Use e-mail."), code="country_not_served")
