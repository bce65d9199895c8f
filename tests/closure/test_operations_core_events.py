"""The core's events are read from where we stopped: none is lost, none is taken twice, whoever else reads."""

from datetime import datetime

import pytest

from accounts import clock
from closure import exchange
from closure.claims import take
from closure.exchange.ledger.deposits import deposit
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.models import LedgerAccountState, LedgerEvent
from closure.models import CoreCursor, DepositClaim
from closure.operations import core_events
from closure.operations.core_events import STREAM, pull
from closure.operations.sweep import run_sweeps
from tests.claiming import closed, report
from tests.factories import make_account
from tests.fakes.faulty_gateway import WRITES, FaultyGateway
from tests.invariants import violations
from tests.races import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("F08")]


def cursor() -> str:
    return CoreCursor.objects.values_list("cursor", flat=True).get(stream=STREAM)


def test_sweep_reads_on_from_where_it_stopped(now: datetime) -> None:
    ana, ben = closed(now=now), make_account("ben")
    first = deposit(ana.pk, "BTC", "1", now=now)
    assert (run_sweeps(now)["claims"], cursor()) == (1, first.cursor)
    deposit(ben.pk, "BTC", "2", now=now)
    last = deposit(ana.pk, "BTC", "3", now=now)
    assert [run_sweeps(now)["claims"] for _time in range(2)] == [1, 0]
    assert cursor() == last.cursor
    assert sorted(DepositClaim.objects.values_list("amount", flat=True)) == ["1", "3"]
    assert violations() == []


def test_cursor_that_was_lost_takes_nothing_twice(now: datetime) -> None:
    ana = closed(now=now)
    deposit(ana.pk, "BTC", "1", now=now)
    pull(now)
    CoreCursor.objects.all().delete()
    assert (pull(now), DepositClaim.objects.count()) == ({"claims": 0}, 1)


def test_what_was_pushed_before_is_known(now: datetime) -> None:
    ana = closed(now=now)
    event = deposit(ana.pk, "BTC", "1", now=now)
    take(report(ana.pk, at=now, event_id=event.event_id, amount="1"), now=now)
    assert (pull(now), DepositClaim.objects.count()) == ({"claims": 0}, 1)


def test_many_events_are_read_in_parts(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_events, "AT_ONCE", 2)
    ana = closed(now=now)
    told = [deposit(ana.pk, "BTC", "1", now=now) for _number in range(5)]
    monkeypatch.setattr(core_events, "MOST_TIMES", 2)
    assert (pull(now), cursor()) == ({"claims": 4}, told[3].cursor)
    assert (pull(now), cursor()) == ({"claims": 1}, told[4].cursor)


def test_what_makes_no_sense_is_claimed_all_the_same(now: datetime) -> None:
    ana = closed(now=now)
    deposit(ana.pk, "BTC", "1", now=now)
    LedgerEvent.objects.filter(kind="late_deposit").update(data={"amount": "9" * 80})
    assert pull(now) == {"claims": 1}
    claim = DepositClaim.objects.get()
    assert (claim.asset, claim.amount) == ("", "9" * 64)


def test_deposit_that_opens_no_claim_is_told_to_operators(now: datetime, caplog: pytest.LogCaptureFixture) -> None:
    ben = make_account("ben")
    # Locked at the core by somebody else than us.
    LedgerAccountState.objects.create(account_id=ben.pk, deposits_locked=True)
    event = deposit(ben.pk, "BTC", "1", now=now)
    assert (pull(now), cursor()) == ({"claims": 0}, event.cursor)
    assert f"late deposit {event.event_id} of the core opened no claim: credited" in caplog.text


@pytest.mark.row("A19")
@pytest.mark.parametrize(
    ("fault", "failed"), [("unreachable", 0), ("refused", 0), ("nonsense", 0), ("a page", 1), ("bug in the adapter", 1)]
)
def test_core_that_errs_is_asked_again(now: datetime, monkeypatch: pytest.MonkeyPatch, fault: str, failed: int) -> None:
    ana = closed(now=now)
    deposit(ana.pk, "BTC", "1", now=now)
    core = FaultyGateway(LedgerGateway(clock.now), call="events_since")
    core.writing[""] = WRITES[fault]  # type: ignore[index]  # asked about a cursor, not an account
    monkeypatch.setattr(exchange, "get_gateway", lambda: core)
    assert (run_sweeps(now)["failed"], cursor(), DepositClaim.objects.count()) == (failed, "", 0)
    core.heal()
    assert run_sweeps(now)["claims"] == 1


def test_many_readers_at_once_take_each_once(now: datetime) -> None:
    ana = closed(now=now)
    told = [deposit(ana.pk, "BTC", "1", now=now) for _number in range(5)]
    opened = [result["claims"] for result in race(6, lambda: pull(now)) if isinstance(result, dict)]
    assert (len(opened), sum(opened), DepositClaim.objects.count(), cursor()) == (6, 5, 5, told[-1].cursor)
