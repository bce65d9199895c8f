"""Notices say the real date in the customer's language, go where they arrive, and call staff where they do not."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts import clock
from accounts.actors import Actor
from accounts.enums import AccountStatus, DeliveryOutcome, MessageChannel
from accounts.messages import bounces, late, outbox
from accounts.messages.bounces import Report
from accounts.messages.render import render
from accounts.models import Account, Case, DormancyNotice, Event, OutboxMessage
from accounts.status import change_status
from closure.dormancy import report
from tests.closure.dormancy.sleepers import DAY, asleep, stands, swept
from tests.factories import make_account
from tests.outbox import messages, opened

pytestmark = [pytest.mark.django_db, pytest.mark.row("I06")]
DAYS = 3000


def words(message: OutboxMessage) -> str:
    """Return what a notice says, whole."""
    said, channel = late.complete(message, opened(message), now=clock.now()), MessageChannel(message.channel)
    assert said is not None
    made = render(message.template, channel=channel, language=said.language, context=said.context)
    return f"{made.subject}\n{made.text}"


def bounce(account: Account, at: datetime) -> None:
    channel, outcome = MessageChannel.EMAIL, DeliveryOutcome.HARD_BOUNCE
    told = Report(report_id="r-1", channel=channel, outcome=outcome, to=str(account.email), at=at)
    bounces.take(told, now=at)


@pytest.mark.row("I02", "I10")
def test_mail_names_the_date_what_follows_and_what_does_not(now: datetime) -> None:
    ana = asleep("ana", DAYS, now=now)
    swept(now=now)
    said = words(messages(ana)[0])
    date = now + 60 * DAY
    assert f"becomes dormant on {date.day} {date:%b %Y}, 00:00 UTC" in said
    assert "you sign in with your password and 2 different codes, and finish a short list" in said
    assert "https://portal.example.test/sign-in/" in said
    assert "There is no fee for being away" in said
    assert "Sign in every few months" in said


@pytest.mark.row("H03", "I01")
def test_unclaimed_mail_names_the_law_and_who_decides(now: datetime) -> None:
    ana = asleep("ana", DAYS, now=now, status="dormant", country="US", region="CA")
    swept(now=now)
    said, date = words(messages(ana)[0]), now + 180 * DAY
    assert f"unclaimed property from {date.day} {date:%b %Y}, 00:00 UTC" in said
    assert "California Code of Civil Procedure, section 1516.5" in said
    assert "A person of ours looks at your account first." in said


@pytest.mark.row("H03")
@pytest.mark.parametrize(
    ("region", "named"),
    [
        ("WA", "We look at the unclaimed property law of your state: US-WA, as our records have it."),
        ("", "We look at the unclaimed property law of your state. Our records do not say which that is."),
    ],
)
def test_unclaimed_mail_names_the_state_whose_law_is_not_listed(region: str, named: str, now: datetime) -> None:
    ana = asleep("ana", DAYS, now=now, status="dormant", country="US", region=region)
    swept(now=now)
    assert named in words(messages(ana)[0])


@pytest.mark.row("H03", "E06")
@pytest.mark.parametrize(("preset", "way"), [("standard", "/reactivate/"), ("binance", "/help/contact/")])
def test_who_cannot_sign_in_is_led_to_what_they_can_do(preset: str, way: str, now: datetime, settings: Any) -> None:
    settings.PORTAL_POLICY = preset
    place = {"country": "US", "region": "CA", "status": "dormant"}
    ana, ben = asleep("ana", DAYS, now=now, **place), asleep("ben", DAYS, now=now, email=None, **place)
    Account.objects.filter(pk=ana.pk).update(status="disabled")
    swept(now=now)
    # Disabled after the notice was written, and before it left.
    Account.objects.filter(pk=ben.pk).update(status="disabled")
    for each, channel in ((ana, "email"), (ben, "sms")):
        (message,) = messages(each)
        said = words(message)
        assert message.channel == channel
        assert f"https://portal.example.test{way}" in said
        assert "sign in once" not in said.casefold()
        assert "/sign-in/" not in said


def test_account_without_e_mail_is_told_by_text(now: datetime) -> None:
    ana = asleep("ana", DAYS, now=now, email=None)
    swept(now=now)
    (message,) = messages(ana)
    assert (message.channel, "becomes dormant on" in words(message)) == ("sms", True)


def test_many_notices_leave_after_what_somebody_waits_for(now: datetime, settings: object) -> None:
    asleep("ana", DAYS, now=now)
    swept(now=now)
    ben = make_account("ben")
    later = now + timedelta(seconds=5)
    outbox.enqueue(
        account_id=ben.pk,
        template="sign_in_code",
        channel=MessageChannel.EMAIL,
        to="ben@example.test",
        language="en",
        context={"code": "1"},
        now=later,
    )
    settings.EMAIL_URL = "console:"  # type: ignore[attr-defined]
    assert [each.template for each in outbox.due(later)] == ["sign_in_code", "dormancy_notice"]


def test_a_bounced_notice_calls_staff_and_the_next_goes_elsewhere(now: datetime) -> None:
    ana = asleep("ana", DAYS, now=now)
    swept(now=now)
    bounce(ana, now)
    assert list(report.unreached()) == [DormancyNotice.objects.get(account=ana)]
    assert Case.objects.get(account_id=ana.pk).kind == "other"
    assert b'"notices":"dormancy"' in bytes(Event.objects.get(action="contact.bounced").body)
    swept(now=now + 53 * DAY)
    assert [each.channel for each in messages(ana)] == ["email", "sms"]
    assert list(report.unreached()) == []


def test_an_owner_whom_nothing_reaches_stays_work_of_staff(now: datetime) -> None:
    ana = asleep("ana", DAYS, now=now, phone=None)
    bounce(ana, now)
    swept(now=now)
    assert (messages(ana), stands(ana)) == ([], ("inactive", {"dormancy": 60}))
    assert list(report.unreached()) == [DormancyNotice.objects.get(account=ana)]


def leaves(message: OutboxMessage, at: datetime) -> bool:
    """Tell whether the sender sends a notice then."""
    return late.complete(message, opened(message), now=at) is not None


def test_a_notice_that_waited_until_its_owner_came_back_is_not_sent(now: datetime) -> None:
    ana, ben = asleep("ana", DAYS, now=now), asleep("ben", DAYS, now=now)
    swept(now=now)
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=ana.pk)
        change_status(owner, AccountStatus.ACTIVE, actor=Actor.system("test"), reason="signed_in", now=now)
    assert [leaves(messages(each)[0], now) for each in (ana, ben)] == [False, True]


def test_a_notice_of_a_date_that_moved_is_left_to_the_later_one(now: datetime) -> None:
    ana, later = asleep("ana", DAYS, now=now), now + 100 * DAY
    swept(now=now)
    swept(now=later)
    assert [leaves(each, later) for each in messages(ana)] == [False, True]
