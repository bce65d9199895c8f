"""What is held: by account or by record, by an open claim, by a risk flag; and by nothing when it is over."""

from datetime import datetime
from uuid import UUID

import pytest

from accounts.enums import RestrictionKind
from accounts.ids import uuid7
from accounts.models import Restriction
from closure.retention import holding
from closure.retention.enums import RecordClass
from closure.retention.models import ArchiveRecord, Extension
from tests.closure.retention.sealing import hold, record_of, release, sealed
from tests.factories import make_account
from tests.restricting import lift_all

pytestmark = [pytest.mark.django_db, pytest.mark.row("H05")]


def held_now() -> set[object]:
    return {record.pk for record in holding.held_records(ArchiveRecord.objects.all(), most=99)}


def of(file_id: UUID) -> set[object]:
    return set(ArchiveRecord.objects.filter(file_id=file_id).values_list("pk", flat=True))


def test_hold_of_an_account_holds_all_its_records_and_nobody_else(now: datetime) -> None:
    ana, ben = sealed("ana", now=now), sealed("ben", now=now)
    placed = hold(ana.account_id, now=now)
    assert holding.held([ana.account_id, ben.account_id]) == {ana.account_id}
    assert held_now() == of(ana.file_id)
    release(placed, now=now)
    assert (holding.held([ana.account_id]), held_now()) == (set(), set())


def test_hold_of_a_record_holds_it_alone(now: datetime) -> None:
    ana = sealed("ana", now=now)
    record = record_of(ana)
    hold(ana.account_id, now=now, record_id=record.pk)
    assert (holding.held([ana.account_id]), held_now()) == (set(), {record.pk})
    assert (holding.is_held(record), holding.is_held(record_of(ana, RecordClass.TRANSACTIONS))) == (
        True,
        False,
    )


def test_hold_lifted_leaves_another_that_stands(now: datetime) -> None:
    ana = sealed("ana", now=now)
    first, _second = hold(ana.account_id, now=now), hold(ana.account_id, now=now)
    release(first, now=now)
    assert held_now() == of(ana.file_id)


@pytest.mark.row("F08")
def test_open_claim_holds_until_it_is_closed(now: datetime) -> None:
    ana = sealed("ana", now=now)
    claim = Extension.objects.create(account_id=ana.account_id, reason="claim", reference_id=uuid7(), opened_at=now)
    assert (holding.held([ana.account_id]), held_now()) == ({ana.account_id}, of(ana.file_id))
    Extension.objects.filter(pk=claim.pk).update(closed_at=now)
    assert held_now() == set()


@pytest.mark.parametrize(
    ("kind", "holds"), [(RestrictionKind.JUDICIAL_FREEZE, True), (RestrictionKind.NEGATIVE_BALANCE, False)]
)
def test_risk_flag_holds(now: datetime, kind: RestrictionKind, holds: bool) -> None:
    account = make_account("ana")
    ana = sealed("ana", now=now, account_id=account.pk)
    placed = Restriction.objects.create(account=account, kind=kind, placed_at=now, placed_by="tests")
    assert bool(held_now()) == holds
    lift_all(placed.account_id, now=now)
    assert (held_now(), ana.account_id) == (set(), account.pk)


def test_held_records_gives_as_many_as_asked_for(now: datetime) -> None:
    ana = sealed("ana", now=now)
    hold(ana.account_id, now=now)
    assert len(holding.held_records(ArchiveRecord.objects.all(), most=2)) == 2
