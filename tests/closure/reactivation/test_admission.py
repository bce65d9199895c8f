"""Who is let in again chooses one new password, which the list asks for; a lost factor locks nobody out (N01, L02)."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from accounts import suspicious
from accounts.actors import Actor
from accounts.enums import InvitedTo
from accounts.models import Account, RecoveryInvitation
from accounts.recovering import invitations
from closure.reactivation.admission import admit
from tests.closure.reactivating import disabled
from tests.closure.scenes import SYSTEM
from tests.closure.welcome.returning import choose, left
from tests.factories import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.row("J07")]
HOUR = timedelta(hours=1)


def admitted(account: Account, *, now: datetime, reason: str = "readmitted") -> None:
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        admit(locked, actor=SYSTEM, reason=reason, now=now)
    account.refresh_from_db()


@pytest.mark.row("N01")
def test_forced_reset_after_an_alarm_is_the_new_password(now: datetime) -> None:
    ana = make_account("ana")
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=ana.pk)
        suspicious.report(locked, actor=Actor.link(ana.pk), now=now)
    admitted(ana, now=now + HOUR)
    assert "password" in left(ana)
    choose(ana, now=now + 2 * HOUR)
    assert "password" not in left(ana)


@pytest.mark.row("N01")
def test_forced_reset_of_who_had_disabled_the_account_is_the_new_password(now: datetime) -> None:
    ana = disabled(now=now)
    # Chosen while the account was still open, long ago.
    Account.objects.filter(pk=ana.pk).update(password_chosen_at=now - 100 * HOUR)
    admitted(ana, now=now)
    assert "password" in left(ana)
    choose(ana, now=now)
    assert "password" not in left(ana)


@pytest.mark.row("L02")
@pytest.mark.parametrize("reason", ["reactivated", "readmitted"])
def test_owner_with_the_mailbox_and_a_lost_authenticator_sends_documents_again(reason: str, now: datetime) -> None:
    ana = disabled("ana", now=now, phone=None)
    admitted(ana, now=now, reason=reason)
    row = RecoveryInvitation.objects.get(account=ana, ended_at=None)
    assert (row.cause, row.opens, row.expires_at) == (reason, "recover", now + timedelta(days=30))
    assert invitations.standing(ana, InvitedTo.RECOVER, now=now + timedelta(days=29)) == row
