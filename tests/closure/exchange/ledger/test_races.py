"""Writes that meet: one key acts once, and nothing arrives behind the lock on deposits."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection

from closure.enums import Area
from closure.exchange.contract import CoreEvent, Holding
from closure.exchange.errors import GatewayError, Refused
from closure.exchange.ledger.deposits import deposit
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.telling import events_since
from tests.closure.exchange.contract import held, spot

Hold = Callable[..., UUID]
THREADS = 8


def together(*calls: Callable[[], object]) -> list[object]:
    """Run the calls in threads that start at once; a refusal of the core is a result."""
    start = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        start.wait(timeout=20)
        try:
            return call()
        except GatewayError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
def test_key_raced_acts_once(ledger: LedgerGateway, hold: Hold, now: datetime) -> None:
    account = hold(holdings=[spot("BTC", "0.8")])

    quote = ledger.quote_sale(account, asset="BTC", amount=Decimal("0.1"), to_asset="USDT")

    def sell() -> object:
        return ledger.sell(account, quote_id=quote.quote_id, key="CL-1:sell")

    answers = together(*[sell] * THREADS)
    assert answers == [answers[0]] * THREADS
    assert held(ledger, account, now)["BTC"] == "0.7"


@pytest.mark.django_db(transaction=True)
def test_balance_raced_is_spent_once(ledger: LedgerGateway, hold: Hold, now: datetime) -> None:
    account = hold(holdings=[spot("BTC", "0.25")])

    quote = ledger.quote_sale(account, asset="BTC", amount=Decimal("0.1"), to_asset="USDT")

    def sell(number: int) -> Callable[[], object]:
        return lambda: ledger.sell(account, quote_id=quote.quote_id, key=f"k{number}")

    answers = together(*[sell(number) for number in range(THREADS)])
    refused = [answer.reason for answer in answers if isinstance(answer, Refused)]
    assert (refused, held(ledger, account, now)["BTC"]) == (["insufficient"] * (THREADS - 2), "0.05")


@pytest.mark.django_db(transaction=True)
def test_deposit_raced_with_the_lock_is_seen_or_late(ledger: LedgerGateway, hold: Hold, now: datetime) -> None:
    account = hold()
    seen: list[Decimal] = []

    def lock() -> object:
        ledger.lock_deposits(account, key="CL-1:lock")
        items = ledger.snapshot(account, now=now).areas[Area.SPOT]
        seen.append(sum((item.amount for item in items if isinstance(item, Holding)), Decimal(0)))
        return None

    answers = together(lock, *[lambda: deposit(account, "BTC", "1", now=now)] * (THREADS - 1))
    kinds = Counter(answer.kind for answer in answers if isinstance(answer, CoreEvent))
    assert kinds.total() == len(events_since("", limit=99)) == THREADS - 1
    assert seen == [Decimal(kinds["deposit"])]
