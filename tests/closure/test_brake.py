"""The take-over brake: what was changed lately makes the wait longer, and everybody who may know is told."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client

from accounts import contacts, journal
from accounts.actors import Actor
from accounts.enums import Action, FactorKind, MessageChannel, Purpose
from accounts.messages import outbox
from accounts.models import Account, OutboxMessage
from accounts.verification.enrollment import confirm_totp, start_totp
from closure.brake import CHANGES, brake_due, recent_changes
from closure.enums import Step
from closure.policy import loader
from closure.status_links import complete_confirmation
from tests.changing import proof_of
from tests.closure.by_operations import submitted
from tests.closure.walking import PAGES, request_of, walk_to
from tests.factories import PASSWORD, make_account
from tests.outbox import messages, opened
from tests.pages import read, sign_in_by_mail

pytestmark = pytest.mark.django_db(transaction=True)

MAIL, TEXT = MessageChannel.EMAIL, MessageChannel.SMS
WEEK = timedelta(days=7)


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def changed(account: Account, action: str, at: datetime) -> None:
    """Journal a change as the operation that makes it will."""
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        journal.record(action, actor=Actor.customer(account), at=at, account=locked, data={})


def notices(account: Account) -> list[tuple[str, str]]:
    """Return where the brake was told."""
    return [(m.channel, opened(m).to) for m in messages(account, template="closure_brake")]


@pytest.mark.row("D08")
@pytest.mark.parametrize("preset", ["standard", "binance"])
@pytest.mark.parametrize("action", sorted(CHANGES))
def test_each_change_counts_for_72_hours(ana: Account, now: datetime, action: str, preset: str) -> None:
    policy = loader.load(preset)
    changed(ana, action, now - timedelta(hours=72) + timedelta(seconds=1))
    assert recent_changes(ana, policy, now) == {action}
    assert not brake_due(ana, policy, now + timedelta(seconds=1))


@pytest.mark.row("D08")
def test_changes_are_contacts_password_and_factors() -> None:
    named = {Action.CONTACT_CHANGED, Action.PASSWORD_CHANGED, Action.PASSWORD_RESET}
    assert named | {Action.FACTOR_ADDED, Action.FACTOR_REMOVED, Action.FACTOR_REPLACED} == CHANGES


@pytest.mark.row("A13", "D08")
def test_authenticator_added_on_the_page_lengthens_the_wait(
    client: Client, now: datetime, advance: Callable[..., datetime]
) -> None:
    ana = make_account("ana", totp=False)
    sign_in_by_mail(client, ana, PASSWORD)
    proof = proof_of(ana, Purpose.ENROLL_FACTOR, FactorKind.TOTP, now=now)
    device = start_totp(ana, proof=proof, now=now)
    confirm_totp(ana, device.pk, device.code_at(time.time()), proof=proof, now=now)
    walk_to(client, ana, Step.CONFIRM)
    page = read(client.get(PAGES[Step.CONFIRM]))
    assert "Your e-mail, phone, password or a factor changed in the last 72 hours. So the wait is 7 days longer." in (
        page.text
    )
    assert client.post(PAGES[Step.CONFIRM], {"password": PASSWORD})["Location"] == "/close/submitted/"
    request = request_of(ana)
    assert request.submitted_at is not None
    assert (request.finalizes_after, request.flags, request.four_eyes_due) == (
        request.submitted_at + 2 * WEEK,
        ["brake"],
        True,
    )


@pytest.mark.row("D08")
def test_old_and_new_contacts_are_told_by_mail_and_text(ana: Account, now: datetime) -> None:
    contacts.remember(ana, MAIL, "old@example.test", now=now - timedelta(hours=1))
    contacts.remember(ana, TEXT, "+14155550111", now=now - timedelta(hours=2))
    contacts.remember(ana, MAIL, "older@example.test", now=now - timedelta(hours=73))
    changed(ana, Action.CONTACT_CHANGED, now - timedelta(hours=1))
    request = submitted(ana, now)
    assert notices(ana) == [
        (MAIL, "ana@example.test"),
        (TEXT, ana.phone),
        (MAIL, "old@example.test"),
        (TEXT, "+14155550111"),
    ]
    assert request.flags == ["brake", "contact_change"]
    said = opened(messages(ana, template="closure_brake")[0]).context
    assert (said["looks_back"], said["longer"], said["finalizes_after"]) == ("72 hours", "7 days", now + 2 * WEEK)


@pytest.mark.row("D08", "E07")
def test_notice_carries_a_link_that_stops_it(ana: Account, now: datetime) -> None:
    changed(ana, Action.PASSWORD_CHANGED, now)
    submitted(ana, now)
    notice = messages(ana, template="closure_brake")[-1]
    assert len(complete_confirmation(notice, opened(notice), now=now).context["stop"]) > 40


def test_without_a_change_nobody_is_told_of_a_brake(ana: Account, now: datetime) -> None:
    submitted(ana, now)
    assert notices(ana) == []
    assert OutboxMessage.objects.filter(template="closure_confirmation").count() == 1
    assert outbox.due(now).count() == 0
