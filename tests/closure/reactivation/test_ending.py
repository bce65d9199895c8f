"""How reactivations end by time, by their owner, and their cases and photos with them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts import cases
from accounts.actors import Actor
from accounts.enums import AccountStatus, Role
from accounts.models import Account, Case
from accounts.status import change_status
from closure.enums import ReactivationState
from closure.evidence import upkeep
from closure.models import Reactivation
from closure.operations import reactivate
from closure.reactivation.rules import Rule
from tests.closure.reactivating import disabled, events, looked_at, make_reactivation, me
from tests.closure.scenes import staff
from tests.outbox import messages, opened

pytestmark = pytest.mark.django_db
S = ReactivationState
SAM, LEA = staff(Role.AGENT), staff(Role.LEAD)


@pytest.fixture
def ana(now: datetime) -> Account:
    return disabled("ana", now=now)


@pytest.fixture
def submitted(ana: Account, now: datetime) -> Reactivation:
    return make_reactivation(ana, S.SUBMITTED, now=now)


def decided(row: Reactivation, decision: str, *, by: Actor, now: datetime, broken: tuple[Rule, ...] = ()) -> None:
    row.refresh_from_db()
    if decision == "approve":
        looked_at(row, by, now=now)
    reactivate.decide(row.pk, decision, broken=broken, text="Looked.", seen_version=row.version, actor=by, now=now)


@pytest.mark.parametrize(("state", "days"), [(S.DRAFT, 7), (S.NEEDS_MORE, 30)])
def test_sweep_ends_what_waits_too_long(
    state: ReactivationState, days: int, ana: Account, now: datetime, advance: Callable[..., datetime]
) -> None:
    row = make_reactivation(ana, state, now=now)
    assert reactivate.lapse_due(advance(days=days, seconds=-1)) == 0
    assert reactivate.lapse_due(advance(seconds=1)) == 1
    row.refresh_from_db()
    assert (row.state, row.end_reason, Case.objects.get(pk=row.case_id).state) == ("withdrawn", "lapsed", "resolved")
    assert opened(messages(ana)[-1]).context["lapsed"] is True


def test_sweep_ends_what_its_account_needs_no_more(submitted: Reactivation, ana: Account, now: datetime) -> None:
    assert reactivate.lapse_due(now) == 0
    change_status(ana, AccountStatus.ACTIVE, actor=LEA, reason="released", now=now)
    assert (reactivate.lapse_due(now), reactivate.lapse_due(now)) == (1, 0)
    submitted.refresh_from_db()
    assert (submitted.state, messages(ana)) == ("withdrawn", [])


def test_owner_withdraws(submitted: Reactivation, ana: Account, now: datetime) -> None:
    row = reactivate.withdraw(submitted.pk, actor=me(ana), now=now)
    assert (row.state, row.end_reason, events(ana)) == ("withdrawn", "withdrawn", ["reactivation.withdrawn"])


@pytest.mark.row("J14")
def test_case_ends_with_the_reactivation_and_not_before(submitted: Reactivation, now: datetime) -> None:
    with pytest.raises(cases.EndedElsewhere, match=submitted.reference):
        cases.resolve_case(submitted.case_id, actor=SAM, note="", now=now)
    decided(submitted, "refuse", by=SAM, now=now, broken=(Rule.NAME,))
    assert cases.resolve_case(submitted.case_id, actor=SAM, note="", now=now).state == "resolved"


def test_photos_go_thirty_days_after_the_decision(submitted: Reactivation, now: datetime) -> None:
    later = now + timedelta(days=100)
    assert list(upkeep.due(later)) == []
    for actor in (SAM, LEA):
        decided(submitted, "approve", by=actor, now=later)
    due = [upkeep.due(later + timedelta(days=days)).count() for days in (29, 30)]
    assert due == [0, 2]
