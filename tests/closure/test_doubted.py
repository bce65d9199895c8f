"""Something new stands against an account: what one of the staff proposed, to open it, falls (L05, L06)."""

import json
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest
from django.db import transaction

from accounts import placing, restrictions, suspicious
from accounts.actors import Actor
from accounts.enums import RestrictionKind, Role
from accounts.models import Account, Event, Restriction
from closure.enums import ReactivationState
from closure.exceptions import StaleDecision
from closure.models import Readmission
from closure.operations import reactivate, readmit
from tests import holding
from tests.closure.locked import locked_out
from tests.closure.reactivating import disabled, events, looked_at, make_reactivation
from tests.closure.scenes import staff

pytestmark = [pytest.mark.django_db, pytest.mark.row("L05", "L06")]
SAM, LEA, OLGA = staff(Role.AGENT), staff(Role.LEAD), staff(Role.COMPLIANCE)
WHY = "It looks odd."


def alarm(account: Account, now: datetime) -> None:
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        suspicious.report(locked, actor=Actor.link(locked.pk), now=now)


def report(account: Account, now: datetime) -> None:
    suspicious.take_report(account.pk, actor=SAM, reason=WHY, now=now)


def restrict(account: Account, now: datetime) -> None:
    placing.place(account.pk, RestrictionKind.RISK_CONTROL, actor=OLGA, reason=WHY, now=now)


def hold(account: Account, now: datetime) -> None:
    holding.place(account.pk, now=now)


DOUBTS = [(alarm, "alarm"), (report, "alarm"), (restrict, "restriction"), (hold, "legal_hold")]


@pytest.mark.row("J07")
@pytest.mark.parametrize(("raised", "_why"), DOUBTS)
def test_proposed_reactivation_falls_and_the_page_from_before_is_stale(
    raised: Callable[[Account, datetime], None], _why: str, now: datetime
) -> None:
    ana = disabled("ana", now=now)
    row = make_reactivation(ana, ReactivationState.SUBMITTED, now=now)
    looked_at(row, SAM, LEA, now=now)
    reactivate.decide(row.pk, "approve", text="Hers.", seen_version=0, actor=SAM, now=now)
    raised(ana, now)
    row.refresh_from_db()
    assert (row.state, row.version, row.proposed_by, row.proposed_at) == ("submitted", 2, None, None)
    assert events(ana) == ["reactivation.proposed", "reactivation.taken_back"]
    # Whatever becomes of what stood against it.
    Restriction.objects.all().delete()
    with pytest.raises(StaleDecision):
        reactivate.decide(row.pk, "approve", text="Hers.", seen_version=1, actor=LEA, now=now)
    assert Account.objects.get(pk=ana.pk).status == "disabled"


@pytest.mark.row("L02")
@pytest.mark.parametrize(("raised", "why"), DOUBTS)
def test_proposed_readmission_falls(raised: Callable[[Account, datetime], None], why: str, now: datetime) -> None:
    case = locked_out(now=now)
    row = readmit.propose(case.pk, actor=SAM, reason="Hers.", now=now)
    raised(row.account, now)
    row.refresh_from_db()
    assert (row.dropped_at, row.dropped_by) == (now, None)
    with pytest.raises(readmit.UnknownReadmission):
        readmit.confirm(row.pk, actor=LEA, reason="Hers.", now=now)
    assert Readmission.objects.filter(confirmed_at__isnull=False).count() == 0
    assert told_why(case.account_id) == [why]


def told_why(account_id: UUID | None) -> list[str]:
    """Return why proposals fell, by the journal."""
    kept = Event.objects.filter(account_id=account_id, action="readmission.dropped").order_by("id")
    return [json.loads(bytes(each.body))["data"]["why"] for each in kept]


def test_second_report_falls_it_though_a_fraud_alert_stands_already(now: datetime) -> None:
    ana = disabled("ana", now=now)
    report(ana, now)
    row = make_reactivation(ana, ReactivationState.SUBMITTED, now=now)
    looked_at(row, SAM, now=now)
    reactivate.decide(row.pk, "approve", text="Hers.", seen_version=0, actor=SAM, now=now)
    report(ana, now)
    row.refresh_from_db()
    assert (row.proposed_by, [each.kind for each in restrictions.active(ana.pk)]) == (None, ["fraud_alert"])


def test_nothing_falls_where_nothing_is_proposed(now: datetime) -> None:
    row = make_reactivation(disabled("ana", now=now), ReactivationState.SUBMITTED, now=now)
    restrict(row.account, now)
    row.refresh_from_db()
    assert (row.version, events(row.account)) == (0, [])
