"""What staff learn, and what comes meanwhile, ends a recovery; who was told of its beginning is told so (J04, L05)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import is_password_usable
from django.db import transaction

from accounts import cases, contacts, suspicious
from accounts.actors import Actor
from accounts.enums import AccountStatus, MessageChannel, RecoveryState, RestrictionKind, Role
from accounts.models import Account, FactorRecovery, TotpDevice
from accounts.recovering import ending, upkeep
from accounts.recovering.table import DELAY
from tests.factories import make_account
from tests.links import received
from tests.outbox import messages, opened
from tests.recovering import confirmed, staff, submitted
from tests.settling import restrict

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_photos_left"),
    pytest.mark.row("J04"),
]
S = RecoveryState


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def wait(advance: Any) -> None:
    """Let the delay pass, and the worker sweep."""
    upkeep.sweep(advance(hours=DELAY.total_seconds() / 3600))


def state() -> str:
    return FactorRecovery.objects.get().state


@pytest.mark.row("L05")
def test_report_to_staff_while_it_waits_ends_it(ana: Account, now: datetime, advance: Any) -> None:
    confirmed(ana, now=now)
    suspicious.take_report(ana.pk, actor=staff(Role.AGENT), reason="She called: that was not her.", now=now)
    row = FactorRecovery.objects.get()
    assert (row.state, row.end_reason) == (S.ENDED, "reported")
    wait(advance)
    ana.refresh_from_db()
    assert (TotpDevice.objects.filter(user=ana).count(), is_password_usable(ana.password)) == (1, True)


@pytest.mark.row("L05")
@pytest.mark.parametrize("kind", [RestrictionKind.FRAUD_ALERT, RestrictionKind.JUDICIAL_FREEZE])
def test_alert_or_hold_that_stands_when_it_is_due_ends_it_with_a_neutral_word(
    ana: Account, kind: RestrictionKind, now: datetime, advance: Any
) -> None:
    confirmed(ana, now=now)
    restrict(ana, kind, now=now)
    wait(advance)
    row = FactorRecovery.objects.get()
    assert (row.state, row.end_reason, TotpDevice.objects.filter(user=ana).count()) == (S.ENDED, "held", 1)
    by_text, by_mail = received("recovery_word"), received("recovery_word")
    assert by_text is not None
    assert by_text.text == f"Northbank: the recovery {row.case.reference} has ended. Nothing was changed."
    assert by_mail is not None
    assert "still need it? Write to us: https://portal.example.test/help/contact/" in by_mail.text


def test_account_that_was_disabled_and_is_open_again_within_the_delay_is_not_recovered(
    ana: Account, now: datetime, advance: Any
) -> None:
    confirmed(ana, now=now)
    Account.objects.filter(pk=ana.pk).update(status=AccountStatus.DISABLED)
    upkeep.sweep(now)
    Account.objects.filter(pk=ana.pk).update(status=AccountStatus.ACTIVE)
    wait(advance)
    assert (state(), FactorRecovery.objects.get().end_reason) == (S.ENDED, "account")


@pytest.mark.parametrize("late", [False, True])
def test_case_that_staff_resolved_ends_what_waits_though_it_is_due(
    ana: Account, late: bool, now: datetime, advance: Any
) -> None:
    row = confirmed(ana, now=now)
    cases.resolve_case(row.case_id, actor=staff(Role.AGENT), note="It was not her.", now=now)
    upkeep.sweep(advance(hours=73 if late else 0))
    assert (state(), FactorRecovery.objects.get().end_reason) == (S.ENDED, "case_over")
    assert TotpDevice.objects.filter(user=ana).count() == 1


@pytest.mark.row("D08")
def test_who_was_told_of_the_beginning_is_told_of_the_end(ana: Account, now: datetime, advance: Any) -> None:
    with transaction.atomic():
        contacts.remember(ana, MessageChannel.EMAIL, "old@example.test", now=now - timedelta(days=29))
    row = submitted(ana, now=now)
    later = advance(days=20)
    assert contacts.forget_old(now=later) == 0
    ending.withdraw(row.pk, actor=Actor.customer(ana), now=later)
    told = [opened(each).to for each in messages(ana, template="recovery_word")]
    assert told == [ana.email, ana.phone, "old@example.test"]
    assert contacts.forget_old(now=later) == 1
