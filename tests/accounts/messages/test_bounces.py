"""Bounces and complaints: taken once, told to staff, and nothing more is sent to an address that bounces for good."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from accounts import cases, identifiers
from accounts.actors import Actor
from accounts.enums import CaseKind, Delivery, DeliveryOutcome, IdentifierKind, MessageChannel, Role
from accounts.exceptions import BadIdentifier
from accounts.messages import bounces
from accounts.messages.bounces import Report
from accounts.messages.outbox import Sent, send_due
from accounts.models import Account, Case, DeliveryEvent, Event
from tests.accounts.messages.writing import Write
from tests.factories import make_staff
from tests.fakes.smtp import Mailbox
from tests.races import race

pytestmark = pytest.mark.django_db

HARD = DeliveryOutcome.HARD_BOUNCE


@pytest.fixture
def report(now: datetime) -> Report:
    return Report(report_id="r1", channel=MessageChannel.EMAIL, outcome=HARD, to="ANA@Example.test", at=now)


def stopped(now: datetime, to: str = "ana@example.test") -> bool:
    return bounces.is_stopped(MessageChannel.EMAIL, to, now=now)


def resolve(case: Case, now: datetime) -> None:
    sam = make_staff("sam", Role.AGENT)
    cases.resolve_case(case.pk, actor=Actor.staff(sam), note="She mended her mailbox.", now=now)


def test_hard_bounce_stops_what_would_be_sent_until_staff_looked_into_it(
    ana: Account, write: Write, mailbox: Mailbox, report: Report, now: datetime
) -> None:
    assert bounces.take(report, now=now)
    row = write()
    assert send_due(now=now) == Sent(failed=1)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_error, mailbox.mails) == (Delivery.FAILED, 1, "contact_bounced", [])
    assert bounces.stopped_of(ana.pk) == [MessageChannel.EMAIL]
    resolve(Case.objects.get(), now)
    write()
    assert (send_due(now=now), stopped(now), bounces.stopped_of(ana.pk)) == (Sent(sent=1), False, [])


def test_hard_bounce_is_a_case_and_an_event_without_the_address(ana: Account, report: Report, now: datetime) -> None:
    bounces.take(report, now=now)
    case = Case.objects.get()
    assert (case.kind, case.account_id) == (CaseKind.OTHER, ana.pk)
    events = Event.objects.filter(account_id=ana.pk, actor="system:message_provider").order_by("id")
    assert [event.action for event in events] == ["contact.bounced", "case.opened"]
    assert [b"example.test" in bytes(event.body) for event in events] == [False, False]
    assert json.loads(bytes(events[0].body))["data"]["channel"] == "email"


def test_report_is_taken_once_and_a_second_one_finds_the_open_case(ana: Account, report: Report, now: datetime) -> None:
    other = replace(report, report_id="r2", outcome=DeliveryOutcome.COMPLAINT)
    taken = [bounces.take(each, now=now) for each in (report, report, other, other)]
    assert (taken, Case.objects.count(), DeliveryEvent.objects.count()) == ([True, False, True, False], 1, 2)
    resolve(Case.objects.get(), now)
    bounces.take(replace(report, report_id="r3"), now=now)
    assert (Case.objects.count(), stopped(now)) == (2, True)


def test_complaint_goes_to_staff_and_stops_nothing(ana: Account, report: Report, now: datetime) -> None:
    """Security mail must still arrive: a complaint is no reason to sign in unseen."""
    bounces.take(replace(report, outcome=DeliveryOutcome.COMPLAINT), now=now)
    assert (Case.objects.count(), stopped(now)) == (1, False)


def test_soft_bounce_is_kept_and_changes_nothing(ana: Account, report: Report, now: datetime) -> None:
    bounces.take(replace(report, outcome=DeliveryOutcome.SOFT_BOUNCE), now=now)
    assert (Case.objects.count(), stopped(now), DeliveryEvent.objects.count()) == (0, False, 1)


def test_phone_is_stopped_by_its_number_alone(ana: Account, report: Report, now: datetime) -> None:
    bounces.take(replace(report, channel=MessageChannel.SMS, to=str(ana.phone)), now=now)
    assert bounces.is_stopped(MessageChannel.SMS, str(ana.phone), now=now)
    assert not stopped(now)


def test_address_of_nobody_rests_for_a_month(report: Report, now: datetime) -> None:
    bounces.take(replace(report, to="nobody@example.test"), now=now)
    ends = now + timedelta(days=30)
    moments = (ends - timedelta(microseconds=1), ends)
    assert [stopped(moment, "nobody@example.test") for moment in moments] == [True, False]
    assert Case.objects.count() == 0


def test_new_address_of_an_account_is_not_stopped_for_the_old_one(ana: Account, report: Report, now: datetime) -> None:
    bounces.take(report, now=now)
    identifiers.attach(ana, IdentifierKind.EMAIL, "new@example.test", now=now)
    assert [stopped(now, to) for to in ("ana@example.test", "new@example.test")] == [True, False]


def test_what_is_no_address_is_refused(report: Report, now: datetime) -> None:
    with pytest.raises(BadIdentifier):
        bounces.take(replace(report, to="not an address"), now=now)
    assert not stopped(now, "not an address")


def test_reports_are_forgotten_after_a_year_unless_a_case_is_open(ana: Account, report: Report, now: datetime) -> None:
    bounces.take(report, now=now)
    bounces.take(replace(report, report_id="r2", to="nobody@example.test"), now=now)
    later = now + timedelta(days=365)
    assert bounces.forget_old(now=later) == 1
    resolve(Case.objects.get(), now)
    assert bounces.forget_old(now=later) == 1


@pytest.mark.django_db(transaction=True)
def test_reports_that_race_are_taken_once(ana: Account, report: Report, now: datetime) -> None:
    taken = race(4, lambda: bounces.take(report, now=now))
    assert (taken.count(True), Case.objects.count(), DeliveryEvent.objects.count()) == (1, 1, 1)
