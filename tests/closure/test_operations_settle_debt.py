"""The core is asked what is owed, by the sweep or by the owner; only "nothing" ends a negative balance (K01)."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import transaction

from accounts import clock, core_restrictions, settlement
from accounts.core_restrictions import Report
from accounts.enums import RestrictionKind
from accounts.enums import RestrictionMove as M
from accounts.exceptions import TooManyAttempts
from accounts.models import Account
from closure import exchange
from closure.claims import take
from closure.enums import CoreEventKind
from closure.exchange.contract import Snapshot
from closure.exchange.importing import holdings
from closure.exchange.importing.shape import read_record
from closure.exchange.ledger.deposits import deposit
from closure.exchange.ledger.gateway import LedgerGateway
from closure.operations.settle_debt import Settled, check_again, settle_due
from closure.operations.sweep import run_sweeps
from tests.claiming import report
from tests.fakes.faulty_gateway import READS, FaultyGateway
from tests.invariants import violations
from tests.outbox import messages
from tests.settling import indebted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("K01")]


def stands(account: Account) -> bool:
    return settlement.standing(account.pk) is not None


def test_deposit_of_what_is_owed_lifts_it_by_the_next_sweep(now: datetime) -> None:
    ana = indebted("ana", now, USDT="12.50")
    assert (run_sweeps(now)["settled"], stands(ana)) == (0, True)
    deposit(ana.pk, "USDT", "12", now=now)
    assert (run_sweeps(now)["settled"], stands(ana)) == (0, True)
    deposit(ana.pk, "USDT", "0.5", now=now)
    assert (run_sweeps(now)["settled"], stands(ana)) == (1, False)
    assert len(messages(ana, template="balance_settled")) == 2
    assert violations() == []


def test_deposit_that_the_core_pushes_is_looked_at_by_the_next_sweep(now: datetime) -> None:
    ana = indebted("ana", now, USDT="5")
    assert settle_due(now) == 0
    row = settlement.standing(ana.pk)
    assert row is not None
    assert list(settlement.due(now)) == []
    take(report(ana.pk, at=now, kind=CoreEventKind.DEPOSIT), now=now)
    assert list(settlement.due(now)) == [row]


def test_settlement_that_nobody_told_is_found_within_the_hour(now: datetime) -> None:
    ana = indebted("ana", now, USDT="5")
    assert settle_due(now) == 0
    with transaction.atomic():
        holdings.replace(ana.pk, read_record({"email": "x@example.test"}), is_new=False)
    assert (settle_due(now + timedelta(minutes=59)), settle_due(now + timedelta(minutes=60))) == (0, 1)


def test_owner_asks_now(now: datetime) -> None:
    ana = indebted("ana", now, USDT="5", EUR="1")
    for asset, amount, came in (("USDT", "5", Settled.OWED), ("EUR", "1", Settled.SETTLED)):
        deposit(ana.pk, asset, amount, now=now)
        assert check_again(ana, now=now) is came
    assert (stands(ana), check_again(ana, now=now)) == (False, Settled.NOTHING)


def test_core_that_knows_of_no_debt_ends_nothing(now: datetime) -> None:
    ana = indebted("ana", now)
    assert (check_again(ana, now=now), settle_due(now), stands(ana)) == (Settled.UNKNOWN, 0, True)


@pytest.mark.parametrize("fault", ["unreachable", "a page", "stale", "of another account", "nothing"])
def test_core_that_does_not_answer_ends_nothing(now: datetime, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    ana = indebted("ana", now, USDT="5")
    deposit(ana.pk, "USDT", "5", now=now)
    core = FaultyGateway(LedgerGateway(clock.now), reading={ana.pk: READS[fault]})
    monkeypatch.setattr(exchange, "get_gateway", lambda: core)
    assert (check_again(ana, now=now), stands(ana)) == (Settled.NO_ANSWER, True)
    core.heal()
    assert (check_again(ana, now=now), stands(ana)) == (Settled.SETTLED, False)


def test_answer_taken_before_the_restriction_ends_nothing(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = indebted("ana", now, USDT="5")
    deposit(ana.pk, "USDT", "5", now=now)
    early = partial(replace, taken_at=now - timedelta(seconds=20))
    core = FaultyGateway(LedgerGateway(clock.now), reading={ana.pk: early})
    monkeypatch.setattr(exchange, "get_gateway", lambda: core)
    later = now + timedelta(seconds=15)
    assert (check_again(ana, now=later), stands(ana)) == (Settled.UNKNOWN, True)
    core.heal()
    # The next sweep asks again, without waiting for the hour.
    assert (settle_due(later), stands(ana)) == (1, False)


def test_debt_reported_again_meanwhile_is_not_lifted(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    ana, later = indebted("ana", now, USDT="5"), now + timedelta(seconds=15)
    deposit(ana.pk, "USDT", "5", now=now)

    def told_again(told: Snapshot) -> Snapshot:
        placed = Report(
            event_id="core-2", account_id=ana.pk, kind=RestrictionKind.NEGATIVE_BALANCE, move=M.PLACED, at=later
        )
        core_restrictions.take(placed, now=later)
        return told

    core = FaultyGateway(LedgerGateway(clock.now), reading={ana.pk: told_again})
    monkeypatch.setattr(exchange, "get_gateway", lambda: core)
    assert (check_again(ana, now=later), stands(ana)) == (Settled.UNKNOWN, True)
    core.heal()
    assert (check_again(ana, now=later + timedelta(seconds=1)), stands(ana)) == (Settled.SETTLED, False)


def test_core_that_is_silent_is_not_waited_for_again_and_again(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [indebted(name, now, USDT="5") for name in ("ana", "ben", "cem", "dan")]
    silent = {person.pk: READS["unreachable"] for person in people}
    core = FaultyGateway(LedgerGateway(clock.now), reading=silent)
    monkeypatch.setattr(exchange, "get_gateway", lambda: core)
    assert (settle_due(now), settlement.due(now).count()) == (0, 1)


def test_owner_who_asks_for_ever_waits(now: datetime) -> None:
    ana = indebted("ana", now, USDT="5")
    assert {check_again(ana, now=now) for _time in range(20)} == {Settled.OWED}
    with pytest.raises(TooManyAttempts):
        check_again(ana, now=now)
    assert check_again(ana, now=now + timedelta(hours=1)) is Settled.OWED
