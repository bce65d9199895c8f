"""After a restore, what the book says closed is closed again, with all that stays of it (H06, invariants 10 to 26)."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from accounts import blocked, checkpoints, sealing
from accounts.actors import Actor
from accounts.audit import audit
from accounts.enums import IdentifierKind
from accounts.ids import uuid7
from accounts.models import Account, BlockedIdentity, Event, OutboxMessage
from closure import lifecycle
from closure.enums import ClosureAction, EffectState
from closure.exchange.ledger.models import LedgerAccountState, LedgerEffect
from closure.finalization.plan import FinalStep
from closure.finalization.runner import finalize_due
from closure.finalization.summary import Summary
from closure.models import ClosureRequest, Effect
from closure.retention.models import ArchivePrint, ArchiveRecord
from tests.closure.by_operations import submitted
from tests.closure.closing import approved
from tests.closure.finalization.killing import around, killed
from tests.closure.finalization.steps.test_erase import planted
from tests.closure.finalization.test_resume import CALLS, LATER, usual_statements
from tests.closure.planting import PLANTED, places, stored
from tests.closure.restore.drills import backed_up, remains, replayed
from tests.closure.retention.sealing import hold, release
from tests.closure.scenes import make_proof
from tests.factories import make_account
from tests.invariants import violations

S = FinalStep
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("H06")]


def rows(model: type, **facts: object) -> list[dict[str, object]]:
    """Return rows as pictures, bytes as bytes."""
    kept = model.objects.filter(**facts).order_by("pk").values()  # type: ignore[attr-defined]
    return [
        {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()} for row in kept
    ]


def test_replay_closes_again_what_was_closed_since(now: datetime, tmp_path: Path) -> None:
    request = planted("ana", now)
    account = Account.objects.get(pk=request.account_id)
    traces = [PLANTED, str(account.email), str(account.phone)]
    with backed_up(tmp_path):
        assert finalize_due(now=now) == Summary(closed=1)
        before = remains(request)
        archive = (rows(ArchiveRecord, file_id=request.pk), rows(ArchivePrint, account_id=account.pk))
        blocks = rows(BlockedIdentity, file_id=request.pk)
    assert len({needle for _place, needle in places(*traces)}) == 3
    later = now + timedelta(days=3)
    assert replayed(later) == {request.reference: "closed"}
    assert places(*traces) == []
    assert remains(request) == before
    assert (rows(ArchiveRecord, file_id=request.pk), rows(ArchivePrint, account_id=account.pk)) == archive
    assert rows(BlockedIdentity, file_id=request.pk) == blocks
    assert LedgerAccountState.objects.filter(account_id=account.pk).values_list(
        "closed", "frozen", "deposits_locked"
    ).get() == (True, True, True)
    assert audit().broken is None


def test_replay_keeps_every_invariant(now: datetime, advance: Callable[..., datetime], tmp_path: Path) -> None:
    account = make_account("ana")
    later = now
    with backed_up(tmp_path):
        request = submitted(account, now)
        later = advance(days=7)
        assert finalize_due(now=later) == Summary(closed=1)
        assert violations() == []
        before = remains(request)
    # Not even the draft was there.
    assert list(ClosureRequest.objects.all()) == []
    assert replayed(later + timedelta(hours=1)) == {request.reference: "closed"}
    assert violations() == []
    assert remains(request) == before
    assert told(account) == [
        "account.created active",
        "closure.replayed draft",
        "account.status_changed frozen",
        "closure.replayed finalizing",
        "account.status_changed closed",
        "closure.finished closed",
    ]


def test_replay_makes_the_tombstone_of_who_came_after_the_backup(
    now: datetime, advance: Callable[..., datetime], tmp_path: Path
) -> None:
    with backed_up(tmp_path):
        account = make_account("ana")
        request = submitted(account, now)
        later = advance(days=7)
        finalize_due(now=later)
        before = remains(request)
    assert list(Account.objects.all()) == []
    assert replayed(later) == {request.reference: "closed"}
    assert violations() == []
    assert remains(request) == before
    until = blocked.until(IdentifierKind.EMAIL, "ana@example.test", now=later)
    assert until == later + timedelta(days=30)
    assert LedgerAccountState.objects.get(account_id=account.pk).closed


@pytest.mark.parametrize("done", [S.RECHECK, S.SEAL_ARCHIVE, S.WRITE_RECEIPT, S.ERASE, S.CLOSE])
def test_replay_of_a_closing_in_the_middle(done: FinalStep, now: datetime, tmp_path: Path) -> None:
    steps = usual_statements(now)
    request = planted("ana", now)
    account = Account.objects.get(pk=request.account_id)
    assert killed(around(steps)[done, "after"], lambda: finalize_due(now=now))
    with backed_up(tmp_path):
        finalize_due(now=now + LATER)
        before = remains(request)
    found = replayed(now + 2 * LATER)
    assert found[request.reference] == "closed"
    assert places(PLANTED, str(account.email)) == []
    assert remains(request) == before
    assert OutboxMessage.objects.filter(account_id=account.pk).count() <= 1
    assert audit().broken is None


def test_replay_again_changes_nothing(now: datetime, tmp_path: Path) -> None:
    request = planted("ana", now)
    with backed_up(tmp_path):
        finalize_due(now=now)
    replayed(now)
    before = tables()
    assert replayed(now + timedelta(days=1)) == {request.reference: "known"}
    assert tables() == before


def test_replay_of_a_database_that_was_not_restored_changes_nothing(now: datetime) -> None:
    request = planted("ana", now)
    finalize_due(now=now)
    before = tables()
    assert replayed(now + timedelta(days=1)) == {request.reference: "known"}
    assert tables() == before


def test_replay_takes_nothing_from_the_archive_of_who_is_closed_here(now: datetime) -> None:
    request = planted("ana", now)
    finalize_due(now=now)
    later = ArchiveRecord.objects.filter(file_id=request.pk)[0]
    later.pk, later.part = uuid7(), 99
    later.save(force_insert=True)
    assert replayed(now + timedelta(days=1)) == {request.reference: "known"}
    assert ArchiveRecord.objects.filter(pk=later.pk).exists()


@pytest.mark.row("H05")
def test_replay_under_a_legal_hold_parks_and_ends_when_it_is_lifted(now: datetime, tmp_path: Path) -> None:
    request = planted("ana", now)
    with backed_up(tmp_path):
        finalize_due(now=now)
        before = remains(request)
    placed = hold(request.account_id, now=now)
    assert replayed(now) == {request.reference: "held legal_hold"}
    account = Account.objects.get(pk=request.account_id)
    assert (account.status, account.email, bool(places(PLANTED))) == ("frozen", "ana@example.test", True)
    assert replayed(now) == {request.reference: "held legal_hold"}
    release(placed, now=now)
    assert finalize_due(now=now + timedelta(days=2)) == Summary(closed=1)
    assert (remains(request), places(PLANTED)) == (before, [])


def test_replay_ends_another_request_that_was_open_then(
    now: datetime, advance: Callable[..., datetime], tmp_path: Path
) -> None:
    account = make_account("ana")
    first = submitted(account, now)
    with backed_up(tmp_path):
        owner = Actor.status_session(account.pk)
        lifecycle.apply(first.pk, ClosureAction.CANCEL, actor=owner, reason="", now=now, proof=make_proof(account))
        account.refresh_from_db()
        second = submitted(account, now)
        later = advance(days=7)
        finalize_due(now=later)
    assert replayed(later) == {second.reference: "closed"}
    first.refresh_from_db()
    assert (first.state, first.end_reason) == ("cancelled", "replaced")
    assert violations() == []


@pytest.mark.parametrize("status", ["active", "inactive", "dormant", "disabled", "frozen"])
def test_replay_closes_whatever_the_account_was(status: str, now: datetime, tmp_path: Path) -> None:
    request = planted("ana", now)
    with backed_up(tmp_path):
        finalize_due(now=now)
    ClosureRequest.objects.filter(pk=request.pk).update(state="draft")
    Account.objects.filter(pk=request.account_id).update(status=status)
    assert replayed(now) == {request.reference: "closed"}
    assert Account.objects.get(pk=request.account_id).status == "closed"


@pytest.mark.parametrize("state", ["cancelled", "rejected", "expired"])
def test_replay_leaves_what_contradicts_the_book_to_staff(state: str, now: datetime, tmp_path: Path) -> None:
    request = planted("ana", now)
    with backed_up(tmp_path):
        finalize_due(now=now)
    ClosureRequest.objects.filter(pk=request.pk).update(state=state)
    assert replayed(now) == {request.reference: "failed contradiction"}
    assert Account.objects.get(pk=request.account_id).email == "ana@example.test"


def test_replay_asks_the_core_again_under_the_old_keys(now: datetime, tmp_path: Path) -> None:
    request = planted("ana", now)
    with backed_up(tmp_path):
        assert finalize_due(now=now).closed == 1, ClosureRequest.objects.get(pk=request.pk).plan
        keys = sorted(Effect.objects.filter(request=request).values_list("key", flat=True))
    replayed(now)
    done = Effect.objects.filter(request=request, state=EffectState.DONE)
    assert sorted(done.values_list("key", flat=True)) == keys
    assert sorted(LedgerEffect.objects.filter(account_id=request.account_id).values_list("key", flat=True)) == keys


def test_replay_ends_although_the_core_was_not_restored(now: datetime, tmp_path: Path) -> None:
    request = planted("ana", now)
    with backed_up(tmp_path):
        finalize_due(now=now)
        calls, states = list(LedgerEffect.objects.all()), list(LedgerAccountState.objects.all())
    LedgerEffect.objects.bulk_create(calls)
    LedgerAccountState.objects.all().delete()
    LedgerAccountState.objects.bulk_create(states)
    assert replayed(now) == {request.reference: "closed"}
    assert LedgerEffect.objects.filter(account_id=request.account_id).count() == len(CALLS)


@pytest.mark.row("H07")
def test_replay_leaves_a_journal_that_checkpoints_kept_outside_tell_apart(now: datetime, tmp_path: Path) -> None:
    approved("ana", now=now)
    published = [sealed_journal(now)]
    with backed_up(tmp_path):
        finalize_due(now=now)
        published.append(sealed_journal(now))
    lost = f"published checkpoint {checkpoints.read(published[1]).tree_size}"
    found = audit(published).broken
    assert (audit(published[:1]).broken, found and found.subject) == (None, lost)
    replayed(now)
    # The journal goes on another way: what was published of the lost one is named, now and for ever.
    after = sealed_journal(now)
    found = audit(published).broken
    assert (audit([published[0], after]).broken, found and found.subject) == (None, lost)


def sealed_journal(now: datetime) -> str:
    """Seal everything and return the newest checkpoint, as it is published."""
    sealing.seal(now=now, everything=True)
    newest = checkpoints.newest()
    assert newest is not None
    return newest.note


def tables() -> dict[str, bytes]:
    """Return what is stored, without the files of an embedded database."""
    return {place: kept for place, kept in stored() if ".sqlite3" not in place}


def told(account: Account) -> list[str]:
    """Return what the journal says of an account: each event and where it led."""
    events = Event.objects.filter(account_id=account.pk).order_by("id")
    found = [(event.action, json.loads(bytes(event.body))["data"]) for event in events]
    return [f"{action} {data.get('to') or data.get('status')}" for action, data in found]
