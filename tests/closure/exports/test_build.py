"""Building: claimed once, whole or not at all, tried again, given up with a reason."""

import json
import os
import signal
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import Account, Event
from closure import exchange
from closure.enums import ExportKind
from closure.exchange.ledger.models import LedgerTransaction
from closure.exports import build, store
from closure.exports.enums import ExportState
from closure.models import Export
from closure.poison import MOST_DEATHS
from tests.closure.exporting import asked, built, file_of, give_history, rows, stored, whole
from tests.closure.finalization.killing import Kill, killed, statements
from tests.factories import make_account
from tests.fakes.faulty_gateway import READS, FaultyGateway

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("B10")]
LATER = build.LEASE + timedelta(seconds=1)


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell after each line, and keep the claim each time."""
    monkeypatch.setattr("closure.exports.work.EACH", 1)
    monkeypatch.setattr(build, "RENEW_SECONDS", 0.0)


@pytest.fixture
def core(monkeypatch: pytest.MonkeyPatch) -> FaultyGateway:
    faulty = FaultyGateway(core=exchange.get_gateway())  # type: ignore[arg-type]
    monkeypatch.setattr(exchange, "get_gateway", lambda: faulty)
    return faulty


def told(action: str) -> list[dict[str, Any]]:
    return [json.loads(bytes(each.body))["data"] for each in Event.objects.filter(action=action).order_by("id")]


def kept(export: Export) -> Export:
    return Export.objects.get(pk=export.pk)


def test_file_is_built_once_and_told_of_once(ana: Account, now: datetime) -> None:
    give_history(ana, now, 3)
    export = built(ana, now)
    assert not build.build_next(now=now + timedelta(days=1))
    assert (export.lines, export.attempts, export.size) == (3, 1, len(whole(export, now)))
    facts = {"size": export.size, "sha256": export.sha256}
    assert told("export.ready") == [{"export": str(export.pk), "kind": "transactions", **facts}]
    assert [row[5] for row in rows(export, now)] == ["reference", "t0", "t1", "t2"]


def test_nothing_of_it_lies_there_in_plain(ana: Account, now: datetime) -> None:
    give_history(ana, now, 3)
    export = built(ana, now)
    lying = file_of(export).read_bytes()
    assert b"t1" in whole(export, now)
    assert [text for text in (b"t1", b"trade", b"reference", b"BTC") if text in lying] == []
    assert file_of(export).stat().st_mode & 0o777 == 0o600
    assert bytes(export.key or b"") not in lying


@pytest.mark.usefixtures("_quick")
def test_builder_killed_anywhere_leaves_it_to_the_next_one_built_once_and_whole(ana: Account, now: datetime) -> None:
    give_history(ana, now, 3)
    asked(ana, now)
    moments = len(statements(lambda: build.build_next(now=now)))
    Export.objects.all().delete()
    for statement in range(1, moments):
        before, ready = stored(), len(told("export.ready"))
        export = asked(ana, now)
        assert killed(Kill(statement, before=statement % 2 == 0), lambda: build.build_next(now=now))
        left = kept(export)
        if left.state == ExportState.QUEUED:
            assert left.attempts in {0, 1}
            assert build.build_next(now=now + LATER)
        again = kept(export)
        assert (again.state, len(told("export.ready"))) == ("ready", ready + 1)
        assert [row[5] for row in rows(again, now)] == ["reference", "t0", "t1", "t2"]
        assert len(stored() - before) == 1
        Export.objects.all().delete()
    assert moments > 8


def killed_at_work(at: datetime) -> bool:
    """Begin to build and be killed at the first line."""
    return killed(Kill(10**6), lambda: build.build_next(now=at, beat=lambda: os.kill(os.getpid(), signal.SIGKILL)))


@pytest.mark.usefixtures("_quick")
def test_claim_that_is_not_over_is_left_alone(ana: Account, now: datetime) -> None:
    give_history(ana, now, 3)
    export, before = asked(ana, now), stored()
    assert killed_at_work(now)
    assert (kept(export).attempts, len(stored() - before)) == (1, 1)
    assert kept(export).attempts == 1
    assert not build.build_next(now=now + build.LEASE - timedelta(seconds=1))
    assert build.build_next(now=now + LATER)
    assert (kept(export).state, kept(export).attempts, len(stored() - before)) == ("ready", 2, 1)


@pytest.mark.usefixtures("_quick")
def test_what_kills_its_builders_is_given_up_in_words(ana: Account, now: datetime) -> None:
    give_history(ana, now, 3)
    export, before, at = asked(ana, now), stored(), now
    for _death in range(MOST_DEATHS):
        assert killed_at_work(at)
        at += LATER
    assert build.build_next(now=at)
    assert not build.build_next(now=at)
    left = kept(export)
    assert (left.state, left.reason, left.last_error) == ("failed", "internal_error", "its worker died 5 times")
    assert (left.file, left.key, stored() - before) == (None, None, set())
    assert told("export.failed") == [{"export": str(export.pk), "kind": "transactions", "reason": "internal_error"}]


@pytest.mark.usefixtures("_quick")
def test_builder_that_was_slow_changes_nothing_after_another_took_over(ana: Account, now: datetime) -> None:
    give_history(ana, now, 3)
    export, others = asked(ana, now), iter([True])

    def beat() -> None:
        if next(others, False):
            # Its lease is over: somebody else builds the whole file meanwhile.
            assert build.build_next(now=now + LATER)

    assert build.build_next(now=now, beat=beat)
    after = kept(export)
    assert (after.state, after.attempts, len(told("export.ready"))) == ("ready", 2, 1)
    assert [row[5] for row in rows(after, now)] == ["reference", "t0", "t1", "t2"]
    assert after.file is not None
    assert after.file.hex in stored()


@pytest.mark.usefixtures("_quick")
def test_builder_that_was_slow_makes_nothing_ready_while_another_is_at_it(ana: Account, now: datetime) -> None:
    give_history(ana, now, 3)
    export, before, others = asked(ana, now), stored(), iter([True])

    def beat() -> None:
        if next(others, False):
            # Another one claims it and dies: the row is still its own until its lease is over.
            assert killed_at_work(now + LATER)

    assert build.build_next(now=now, beat=beat)
    left = kept(export)
    assert (left.state, left.attempts, left.size, told("export.ready")) == ("queued", 2, None, [])
    assert left.file is not None
    assert stored() - before == {left.file.hex}


def drop_rows() -> None:
    Export.objects.all().delete()


@pytest.mark.usefixtures("_quick")
def test_row_that_goes_while_it_is_built_leaves_no_file(ana: Account, now: datetime) -> None:
    give_history(ana, now, 2)
    asked(ana, now)
    before = stored()
    build.build_next(now=now, beat=drop_rows)
    assert (stored() - before, told("export.ready")) == (set(), [])


@pytest.mark.usefixtures("_quick")
def test_builder_that_is_stopped_gives_the_claim_back(ana: Account, now: datetime) -> None:
    give_history(ana, now, 2)
    export, before = asked(ana, now), stored()

    def stop() -> None:
        raise build.Stopped

    with pytest.raises(build.Stopped):
        build.build_next(now=now, beat=stop)
    left = kept(export)
    assert (left.state, left.attempts, left.last_error, stored() - before) == ("queued", 0, "", set())
    assert build.build_next(now=now)
    assert kept(export).state == "ready"


@pytest.mark.row("A19")
@pytest.mark.parametrize("kind", [ExportKind.TRANSACTIONS, ExportKind.P2P, ExportKind.ARCHIVE])
@pytest.mark.parametrize("fault", sorted(READS))
def test_core_that_errs_never_makes_a_file_ready(
    core: FaultyGateway, ana: Account, now: datetime, fault: str, kind: ExportKind
) -> None:
    """The fault comes as one thing of the history that is none, or as an error before it."""
    give_history(ana, now, 2)
    export, before = asked(ana, now, kind), stored()
    core.reading[ana.pk] = READS[fault]
    assert build.build_next(now=now)
    left = kept(export)
    assert (left.state, left.attempts, left.file, stored() - before) == ("queued", 1, None, set())
    core.heal()
    assert not build.build_next(now=left.due_at - timedelta(seconds=1))
    assert build.build_next(now=left.due_at)
    assert kept(export).state == "ready"


@pytest.mark.parametrize(("fault", "reason"), [("unreachable", "core_away"), ("bug in the adapter", "internal_error")])
def test_what_fails_again_and_again_is_given_up_and_can_be_asked_for_again(
    core: FaultyGateway, ana: Account, now: datetime, fault: str, reason: str
) -> None:
    export, before, at = asked(ana, now), stored(), now
    core.reading[ana.pk] = READS[fault]
    for _attempt in range(build.MOST_ATTEMPTS):
        assert build.build_next(now=at)
        at = kept(export).due_at + timedelta(seconds=1)
    left = kept(export)
    assert (left.state, left.reason, left.attempts, stored() - before) == ("failed", reason, 5, set())
    core.heal()
    assert not build.build_next(now=at)
    again = asked(ana, at)
    assert build.build_next(now=at)
    assert (again.pk == export.pk, kept(again).state) == (False, "ready")


def test_core_that_breaks_off_makes_no_short_file(ana: Account, now: datetime) -> None:
    give_history(ana, now, 5)
    LedgerTransaction.objects.filter(account_id=ana.pk, reference="t3").update(amount="a lot")
    export, before = asked(ana, now), stored()
    assert build.build_next(now=now)
    left = kept(export)
    assert (left.state, left.last_error, left.size, stored() - before) == ("queued", "Nonsense", None, set())
    assert left.due_at >= now + timedelta(seconds=10)


def test_disk_that_does_not_keep_what_is_written_makes_nothing_ready(
    ana: Account, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    export, opened = asked(ana, now), store.open_file

    def worn(name: Any) -> Any:
        file_of(kept(export)).write_bytes(b"\x01" + b"\x00" * 200)
        return opened(name)

    monkeypatch.setattr(store, "open_file", worn)
    assert build.build_next(now=now)
    assert (kept(export).state, kept(export).last_error) == ("queued", "Unreadable")


def test_oldest_is_built_first_and_what_is_over_is_not_built(ana: Account, now: datetime) -> None:
    over = asked(ana, now, ExportKind.IDENTITY)
    Export.objects.filter(pk=over.pk).update(expires_at=now)
    second = asked(ana, now + timedelta(seconds=2), ExportKind.P2P)
    first = asked(ana, now + timedelta(seconds=1))
    at = now + timedelta(seconds=3)
    states = [(build.build_next(now=at), kept(first).state, kept(second).state) for _turn in range(3)]
    assert states == [(True, "ready", "queued"), (True, "ready", "ready"), (False, "ready", "ready")]
    assert not build.is_due(at)


@pytest.fixture(autouse=True)
def _no_files() -> Iterator[None]:
    """Leave none of these files to other tests."""
    yield
    for name in store.names():
        store.remove(name)
