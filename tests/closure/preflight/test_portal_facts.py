"""The portal's own facts: what stands, what is confirmed, what is verified (A13)."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from accounts.enums import FactorKind, IdentityStatus, RestrictionKind
from accounts.models import Account, SmsDevice
from accounts.restrictions import lift, place
from closure.preflight.portal_facts import facts_of
from closure.preflight.view import PortalFacts
from tests.factories import make_account

pytestmark = pytest.mark.django_db


@pytest.mark.row("A13")
def test_facts_are_what_the_database_holds_now() -> None:
    ana = make_account("ana")
    Account.objects.filter(pk=ana.pk).update(identity_status=IdentityStatus.REFRESH_DUE, identity_level=1)
    assert facts_of(ana) == PortalFacts(
        factors=frozenset({FactorKind.EMAIL, FactorKind.SMS, FactorKind.TOTP}),
        identity_status=IdentityStatus.REFRESH_DUE,
        identity_level=1,
        country="US",
    )


@pytest.mark.row("A13")
def test_facts_leave_out_factors_that_are_not_confirmed() -> None:
    ana = make_account("ana", totp=False)
    SmsDevice.objects.filter(user=ana).update(confirmed=False)
    assert facts_of(ana).factors == frozenset({FactorKind.EMAIL})


def test_facts_leave_out_restrictions_that_were_lifted(now: datetime) -> None:
    ana = make_account("ana")
    kinds = [RestrictionKind.NEGATIVE_BALANCE, RestrictionKind.FRAUD_ALERT]
    placed = [place(ana, kind, actor=Actor.core(), note="", now=now) for kind in kinds]
    lift(placed[0].pk, actor=Actor.core(), reason="settled", now=now)
    assert facts_of(ana).restrictions == frozenset({RestrictionKind.FRAUD_ALERT})


def test_facts_take_three_queries() -> None:
    ana = make_account("ana")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        facts_of(ana)
    assert len(queries) == 3
