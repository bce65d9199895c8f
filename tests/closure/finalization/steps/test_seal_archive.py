"""Sealed if and only if nothing can be cancelled any more; whatever cannot be read or sealed stops before that."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts import clock
from accounts.models import Account
from closure import exchange
from closure.enums import ClosureState, HeldReason
from closure.exchange import listening
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.models import LedgerTransaction
from closure.finalization import batch, claims
from closure.finalization.runner import finalize_due
from closure.finalization.steps import STEPS, seal_archive
from closure.finalization.summary import Summary
from closure.models import ClosureRequest
from closure.retention.archive import kept
from closure.retention.enums import RecordClass
from closure.retention.models import ArchiveRecord, PurgeMonth
from tests.closure.closing import approved, states
from tests.closure.exchange.test_listening import BOUGHT
from tests.fakes.faulty_gateway import READS, FaultyGateway

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("H04", "F02")]


@pytest.fixture
def core(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyGateway]:
    """Return a core that answers snapshots well, and tells histories as each test wants."""
    made = FaultyGateway(LedgerGateway(clock.now))
    monkeypatch.setattr(exchange, "get_gateway", lambda: made)
    monkeypatch.setitem(listening.history.__kwdefaults__ or {}, "silence", timedelta(milliseconds=20))
    yield made
    made.heal()


def sealed(request: ClosureRequest) -> tuple[bool, int]:
    request.refresh_from_db()
    return request.sealed_at is not None, ArchiveRecord.objects.filter(file_id=request.pk).count()


@pytest.mark.row("A19")
def test_history_that_cannot_be_believed_is_not_sealed(core: FaultyGateway, now: datetime) -> None:
    requests = [approved(f"ana{number}", now=now) for number in range(len(READS))]
    faults = zip(requests, READS.values(), strict=True)
    core.telling = {request.account_id: fault for request, fault in faults}
    good = approved("ben", now=now)
    assert finalize_due(now=now) == Summary(closed=1, waiting=len(READS))
    assert ({sealed(request) for request in requests}, sealed(good)) == ({(False, 0)}, (True, 3))
    stories = {request.plan["seal_archive"]["error"].partition(":")[0] for request in requests}
    assert (stories, set(states(requests))) == ({"history"}, {ClosureState.FINALIZING})
    # An hour of it holds, so that the owner can cancel; nothing was erased.
    assert finalize_due(now=now + batch.PATIENCE) == Summary(held=len(READS))
    requests[0].refresh_from_db()
    assert requests[0].held_reasons == [HeldReason.UNREACHABLE]
    assert Account.objects.get(pk=requests[0].account_id).email == "ana0@example.test"


def test_core_that_falls_silent_in_the_middle_is_not_waited_for(core: FaultyGateway, now: datetime) -> None:
    request = approved(now=now)
    core.telling = {request.account_id: READS["unreachable"]}
    assert finalize_due(now=now) == Summary(waiting=1)
    # The steps before are done: from here on only the history is asked for.
    core.remote = True
    core.telling = {request.account_id: lambda _told: core.given_up.wait()}
    assert finalize_due(now=now + timedelta(seconds=20)) == Summary(waiting=1)
    assert (sealed(request), request.plan["seal_archive"]["error"]) == ((False, 0), "history: Unreachable")
    core.heal()
    assert finalize_due(now=now + timedelta(minutes=2)) == Summary(closed=1)


def test_keys_that_are_not_ours_seal_nothing_and_erase_nothing(now: datetime, settings: Any, tmp_path: Path) -> None:
    approved("ben", now=now)
    finalize_due(now=now)
    request = approved("ana", now=now)
    settings.ARCHIVE_KEYS_DIR = tmp_path / "not-mounted"
    assert finalize_due(now=now) == Summary(waiting=0, failed=1)
    assert (sealed(request), request.plan["seal_archive"]["error"]) == ((False, 0), "KeyGone")
    assert Account.objects.get(pk=request.account_id).email == "ana@example.test"


def test_request_that_is_held_while_the_core_tells_is_not_sealed(core: FaultyGateway, now: datetime) -> None:
    request = approved(now=now)

    def lose_the_claim(_told: object) -> object:
        ClosureRequest.objects.filter(pk=request.pk).update(next_try_at=now + timedelta(days=1))
        return BOUGHT

    core.telling = {request.account_id: lose_the_claim}
    finalize_due(now=now)
    assert sealed(request) == (False, 0)


def test_claim_is_kept_alive_while_a_long_history_is_told(now: datetime) -> None:
    request = approved(now=now)
    for number in range(3):
        LedgerTransaction.objects.create(
            account_id=request.account_id, time=now, kind="trade", asset="BTC", amount="1", reference=f"t{number}"
        )
    asked: list[int] = []
    with seal_archive.prepare([request], lambda: asked.append(1)):
        assert len(asked) == 4  # before it asks, and with each transaction
    assert claims.LEASE.total_seconds() > claims.RENEW_AFTER_SECONDS


def test_archive_is_written_with_the_mark_that_says_so(now: datetime) -> None:
    request = approved(now=now)
    step = STEPS[seal_archive.STEP.name]
    assert (step.local, step.run, step.asks_the_core) == (True, None, True)
    finalize_due(now=now)
    request.refresh_from_db()
    records = ArchiveRecord.objects.filter(file_id=request.pk)
    assert {record.sealed_at for record in records} == {request.sealed_at} == {now}
    assert [each.record_class for each in kept([request.pk])[request.pk]] == list(RecordClass)
    assert PurgeMonth.objects.count() == 2
