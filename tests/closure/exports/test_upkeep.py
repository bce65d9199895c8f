"""What time takes away: by the policy's date, by the last step, and whatever does not fit."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from accounts.models import Account, Event
from closure.enums import ClosureState, ExportKind
from closure.exceptions import ExportNotReady
from closure.exports import build, store, upkeep
from closure.finalization.runner import finalize_due
from closure.models import Export
from closure.operations.sweep import run_sweeps
from closure.policy import loader
from tests.closure.by_operations import submitted
from tests.closure.closing import approved
from tests.closure.exporting import asked, built, file_of, folder, give_history, stored, whole
from tests.closure.scenes import make_request
from tests.factories import make_account

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("B11")]


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture(autouse=True)
def _no_files() -> Iterator[None]:
    yield
    for name in store.names():
        store.remove(name)


def told(action: str) -> list[dict[str, str]]:
    return [json.loads(bytes(each.body))["data"] for each in Event.objects.filter(action=action).order_by("id")]


def test_export_ends_at_its_date_with_its_file_and_one_event(ana: Account, now: datetime) -> None:
    export = built(ana, now)
    before = export.expires_at - timedelta(microseconds=1)
    assert (upkeep.expire(before), len(whole(export, before))) == (0, 38)
    with pytest.raises(ExportNotReady):
        whole(export, export.expires_at)
    assert upkeep.sweep(export.expires_at) == {"exports_expired": 1, "exports_mended": 0}
    assert (Export.objects.count(), file_of(export).exists()) == (0, False)
    assert told("export.expired") == [{"export": str(export.pk)}]
    assert upkeep.sweep(export.expires_at) == {"exports_expired": 0, "exports_mended": 0}


@pytest.mark.row("E02")
def test_standard_keeps_exports_until_the_wait_ends(ana: Account, now: datetime) -> None:
    export = built(ana, now - timedelta(days=6), ExportKind.IDENTITY)
    request = submitted(ana, now)
    export.refresh_from_db()
    assert export.expires_at == request.finalizes_after
    assert upkeep.expire(now + timedelta(days=6, hours=23)) == 0
    assert (upkeep.expire(now + timedelta(days=7)), Export.objects.count()) == (1, 0)


@pytest.mark.row("E02")
def test_binance_ends_exports_with_the_submission(ana: Account, now: datetime) -> None:
    made = built(ana, now, ExportKind.IDENTITY)
    asked(ana, now, ExportKind.ARCHIVE)
    request = make_request(ana, ClosureState.COOLING_OFF, now=now, pinned=loader.load("binance"))
    upkeep.follow_submission(request, now=now)
    assert set(Export.objects.values_list("expires_at", flat=True)) == {now}
    with pytest.raises(ExportNotReady):
        whole(Export.objects.get(pk=made.pk), now)
    # What was only wanted is not built any more.
    assert not build.build_next(now=now)
    assert (run_sweeps(now)["exports_expired"], Export.objects.count(), stored()) == (2, 0, set())


@pytest.mark.row("F02")
def test_files_go_before_sealing_and_whatever_was_wanted_with_them(now: datetime) -> None:
    request = approved(now=now)
    ben, owner = make_account("ben"), request.account
    other = built(ben, now)
    for kind in (ExportKind.ARCHIVE, ExportKind.IDENTITY):
        row = Export.objects.create(
            account_id=owner.pk, kind=kind, created_at=now, due_at=now, expires_at=now + timedelta(days=1)
        )
        assert build.build_next(now=now) == (row.kind in ExportKind)
    wanted = Export.objects.create(
        account_id=owner.pk, kind=ExportKind.P2P, created_at=now, due_at=now, expires_at=now + timedelta(days=1)
    )
    assert len(stored()) == 3
    assert finalize_due(now=now).closed == 1
    assert list(Export.objects.values_list("pk", flat=True)) == [other.pk]
    assert stored() == {file_of(other).name}
    assert len(told("export.expired")) == 3
    assert str(wanted.pk) in [each["export"] for each in told("export.expired")]


def test_file_that_cannot_go_stops_the_closing_before_sealing(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    request = approved(now=now)
    Export.objects.create(
        account_id=request.account_id,
        kind=ExportKind.IDENTITY,
        created_at=now,
        due_at=now,
        expires_at=now + timedelta(days=1),
    )
    assert build.build_next(now=now)
    monkeypatch.setattr(store, "remove", refuse)
    assert finalize_due(now=now).closed == 0
    request.refresh_from_db()
    assert (request.sealed_at, request.plan["export_closes"]["error"]) == (None, "PermissionError")
    monkeypatch.undo()
    assert finalize_due(now=now + timedelta(hours=1)).closed == 1
    assert (Export.objects.count(), stored()) == (0, set())


def refuse(_name: object) -> None:
    raise PermissionError


def test_files_that_no_row_names_are_removed_and_what_is_not_ours_stays(ana: Account, now: datetime) -> None:
    export = built(ana, now)
    for name in (uuid4().hex, uuid4().hex, "README", "lost+found"):
        (folder() / name).touch()
    assert upkeep.mend(now) == 2
    assert stored() == {file_of(export).name, "README", "lost+found"}
    for name in ("README", "lost+found"):
        (folder() / name).unlink()


@pytest.mark.row("B10")
def test_row_whose_file_is_gone_fails_in_words_and_can_be_asked_for_again(ana: Account, now: datetime) -> None:
    export = built(ana, now)
    file_of(export).unlink()
    assert (upkeep.mend(now), upkeep.mend(now)) == (1, 0)
    left = Export.objects.get()
    assert (left.state, left.reason, left.key) == ("failed", "file_lost", None)
    assert told("export.failed") == [{"export": str(export.pk), "kind": "transactions", "reason": "file_lost"}]
    assert built(ana, now).pk != export.pk


def test_file_that_is_being_written_is_left_alone(ana: Account, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("closure.exports.work.EACH", 1)
    give_history(ana, now, 1)
    asked(ana, now)
    mended: list[int] = []
    assert build.build_next(now=now, beat=lambda: mended.append(upkeep.mend(now)))
    assert (mended, Export.objects.get().state) == ([0], "ready")


def test_two_sweeps_at_once_end_each_once(ana: Account, now: datetime) -> None:
    exports = [built(ana, now, kind) for kind in ExportKind]
    at = exports[0].expires_at
    due = list(Export.objects.all())
    assert upkeep.expire(at) == 4
    assert [upkeep._expire(export, now=at) for export in due] == [False] * 4
    assert len(told("export.expired")) == 4
