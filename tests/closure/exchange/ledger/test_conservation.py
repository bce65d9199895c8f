"""Whatever the embedded core does, no money appears and none is lost: it is held, owed, sent or named as a fee."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.ids import uuid7
from closure.enums import Area
from closure.exchange import amounts
from closure.exchange.errors import Refused
from closure.exchange.importing import holdings
from closure.exchange.importing.shape import read_record
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.models import LedgerHolding, LedgerLoan, LedgerTransaction, LedgerTransfer
from closure.exchange.ledger.prices import PRICES
from tests.closure.exchange.contract import address, earn, sell, send, spot

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ROUNDING = Decimal("1e-12")
Call = Callable[[LedgerGateway, UUID, str], object]


def worth(account: UUID) -> Decimal:
    """Return the value of everything an account has or had: held, on its way, paid as fees, less what it owes."""
    signed: Counter[str] = Counter()
    for model, sign in ((LedgerHolding, 1), (LedgerTransfer, 1), (LedgerLoan, -1)):
        for row in model.objects.filter(account_id=account):
            if isinstance(row, LedgerHolding) and "/" in row.asset:
                # A share of a pool is worth what it is valued at.
                signed["USDT"] += amounts.read(row.value_usdt or "0")  # type: ignore[assignment]
            else:
                signed[row.asset] += sign * amounts.read(row.amount)  # type: ignore[assignment]
    for entry in LedgerTransaction.objects.filter(account_id=account).exclude(kind="withdrawal"):
        signed[entry.asset] += amounts.read(entry.fee)  # type: ignore[assignment]
    return sum((PRICES[asset] * amount for asset, amount in signed.items()), Decimal(0))


def convert(core: LedgerGateway, account: UUID, key: str) -> object:
    return core.convert_dust(account, quote_id=core.quote_dust(account, to_asset="USDT").quote_id, key=key)


CALLS: tuple[Call, ...] = (
    convert,
    lambda core, account, key: send(core, account, "0.01", key=key),
    lambda core, account, key: sell(core, account, "BTC", "0.013", to_asset="ETH", key=key),
    lambda core, account, key: sell(core, account, "ETH", "0.3", key=key),
    lambda core, account, key: core.move_web3(account, asset="SOL", key=key),
    lambda core, account, key: core.move_margin(account, area=Area.CROSS_MARGIN, asset="USDT", key=key),
    lambda core, account, key: core.repay_loan(account, area=Area.CROSS_MARGIN, asset="USDT", key=key),
    lambda core, account, key: core.redeem_earn(account, external_id="F-1", key=key),
    lambda core, account, key: core.remove_liquidity(account, external_id="P-1", key=key),
    lambda core, account, key: core.remove_liquidity(account, external_id="P-2", key=key),
    lambda core, account, key: core.unstake(account, external_id="S-1", key=key),
)


def start(dust: Decimal) -> UUID:
    account = uuid7()
    margin = {"area": "cross_margin", "asset": "USDT", "amount": "10", "value_usdt": "10"}
    sections = {
        "holdings": [
            spot("BTC", "0.05", "3125"),
            spot("SOL", amounts.plain(dust), amounts.plain(dust * PRICES["SOL"])),
            margin,
            {"area": "web3", "asset": "SOL", "amount": "0.3", "value_usdt": "45"},
            {"area": "liquidity", "asset": "BTC/USDT", "amount": "0.8", "value_usdt": "96.01", "external_id": "P-2"},
            *(earn(area, name, value_usdt="750") for area, name in PRODUCTS),
        ],
        "loans": [{"area": "cross_margin", "asset": "USDT", "amount": "12.5"}],
        "addresses": [address()],
    }
    holdings.replace(account, read_record({"email": "ana@example.test", **sections}), is_new=True)
    return account


PRODUCTS = (("earn_flexible", "F-1"), ("liquidity", "P-1"), ("staking", "S-1"))


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    calls=st.lists(st.sampled_from(range(len(CALLS))), max_size=14),
    dust=st.decimals(min_value="0.000001", max_value="0.06", places=18),
)
def test_money_is_conserved(calls: list[int], dust: Decimal) -> None:
    core, account = LedgerGateway(lambda: NOW), start(dust)
    before = worth(account)
    for number, index in enumerate(calls):
        # Every write twice: the second must answer as the first and move nothing.
        for _again in range(2):
            try:
                CALLS[index](core, account, f"{account}:{number}")
            except Refused:
                break
        assert abs(worth(account) - before) < ROUNDING
