"""Asking for files, and going on once they are saved or not wanted."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.actors import Actor
from accounts.enums import AccountStatus, FactorKind
from accounts.models import Account, Event
from closure.enums import ClosureState, ExportKind
from closure.export_access import KEPT_FOR, ExportsOver, Holder
from closure.exports import build
from closure.models import ClosureRequest, Export
from closure.operations.export import ask, mark_exported
from closure.policy import loader
from closure.status_session import StatusSession
from tests.closure.by_operations import checked
from tests.closure.exporting import asked, built, stored
from tests.closure.scenes import make_request, put
from tests.factories import make_account, make_staff

pytestmark = pytest.mark.django_db(transaction=True)
S = ClosureState


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def visiting(request: ClosureRequest) -> Holder:
    """Return the owner within a status session that came by mail."""
    visit = StatusSession(request=request, carried_by=FactorKind.EMAIL)
    return Holder(account=request.account, visit=visit)


def told(action: str) -> list[tuple[str, dict[str, str]]]:
    found = [json.loads(bytes(each.body)) for each in Event.objects.filter(action=action).order_by("id")]
    return [(each["actor"].partition(":")[0], each["data"]) for each in found]


@pytest.mark.row("B10")
def test_asking_makes_a_row_with_its_date_and_one_event(ana: Account, now: datetime) -> None:
    export = asked(ana, now)
    assert (export.state, export.expires_at, export.due_at) == ("queued", now + KEPT_FOR, now)
    assert told("export.requested") == [("customer", {"export": str(export.pk), "kind": "transactions"})]


def test_asking_twice_waits_once(ana: Account, now: datetime) -> None:
    first = asked(ana, now)
    assert asked(ana, now + timedelta(hours=1)).pk == first.pk
    build.build_next(now=now)
    assert asked(ana, now + timedelta(minutes=4)).pk == first.pk
    assert len(told("export.requested")) == 1


def test_newer_file_takes_the_place_of_the_older_one(ana: Account, now: datetime) -> None:
    before = stored()
    first = built(ana, now)
    second = asked(ana, now + timedelta(minutes=6))
    assert (second.pk == first.pk, list(Export.objects.values_list("pk", flat=True))) == (False, [second.pk])
    assert stored() == before


@pytest.mark.row("E02", "B11")
@pytest.mark.parametrize("state", [S.COOLING_OFF, S.IN_REVIEW, S.APPROVED, S.HELD])
def test_frozen_owner_asks_until_the_wait_ends(ana: Account, now: datetime, state: ClosureState) -> None:
    request = make_request(ana, state, now=now)
    export = ask(visiting(request), ExportKind.ARCHIVE, now=now)
    assert (export.expires_at, told("export.requested")[0][0]) == (request.finalizes_after, "status_session")
    assert request.finalizes_after is not None
    with pytest.raises(ExportsOver):
        ask(visiting(request), ExportKind.P2P, now=request.finalizes_after)


@pytest.mark.row("E02", "B11")
def test_policy_that_ends_exports_at_submission_offers_none(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.COOLING_OFF, now=now, pinned=loader.load("binance"))
    with pytest.raises(ExportsOver):
        ask(visiting(request), ExportKind.ARCHIVE, now=now)


@pytest.mark.parametrize("state", [S.FINALIZING, S.CLOSED, S.CANCELLED, S.REJECTED])
def test_request_that_is_over_offers_none(ana: Account, now: datetime, state: ClosureState) -> None:
    request = make_request(ana, state, now=now)
    with pytest.raises(ExportsOver):
        ask(visiting(request), ExportKind.ARCHIVE, now=now)


def test_request_that_ended_meanwhile_offers_none(ana: Account, now: datetime) -> None:
    """What the page was shown is not what counts: the row is."""
    holder = visiting(make_request(ana, S.COOLING_OFF, now=now))
    ClosureRequest.objects.update(state=S.CANCELLED, ended_at=now)
    with pytest.raises(ExportsOver):
        ask(holder, ExportKind.ARCHIVE, now=now)


@pytest.mark.parametrize("status", [AccountStatus.FROZEN, AccountStatus.DISABLED, AccountStatus.CLOSED])
def test_account_that_is_shut_asks_for_nothing(ana: Account, now: datetime, status: AccountStatus) -> None:
    holder = Holder(account=Account.objects.get(pk=ana.pk))
    put(ana, status)
    with pytest.raises(ExportsOver):
        ask(holder, ExportKind.ARCHIVE, now=now)


def test_staff_ask_for_nothing(now: datetime) -> None:
    with pytest.raises(ExportsOver):
        ask(Holder(account=make_staff("sam")), ExportKind.IDENTITY, now=now)


def test_one_of_a_kind_is_asked_for_at_a_time(ana: Account, now: datetime, advance: Callable[..., datetime]) -> None:
    for kind in ExportKind:
        asked(ana, now, kind)
        asked(ana, now, kind)
    assert Export.objects.count() == len(ExportKind)


def test_skipping_is_kept_and_taken_back(ana: Account, now: datetime) -> None:
    owner, request = Actor.customer(ana), checked(ana, now)
    skipped = mark_exported(request.pk, skipped=True, actor=owner, now=now)
    assert sorted(skipped.progress) == ["export", "export_skipped"]
    saved = mark_exported(request.pk, skipped=False, actor=owner, now=now)
    assert sorted(saved.progress) == ["export"]
