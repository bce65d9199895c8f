"""Prices, fees and waiting times of the embedded core: data of a demonstration exchange, not of a market."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from closure.enums import TransferKind
from closure.exchange import amounts
from closure.preflight.business_days import after_business_days, calendar_of

PLACES = 18

# USDT for one unit.
PRICES: Mapping[str, Decimal] = MappingProxyType({
    asset: Decimal(price)
    for asset, price in {
        "USDT": "1", "USDC": "1", "USD": "1", "EUR": "1.08", "GBP": "1.27", "BTC": "62500", "ETH": "3000",
        "BNB": "600", "SOL": "150", "XRP": "0.6", "ADA": "0.5", "LTC": "80", "DOGE": "0.15", "TRX": "0.25",
    }.items()
})  # fmt: skip
FIAT = frozenset({"USD", "EUR", "GBP", "CHF", "JPY", "BRL", "TRY"})

# Whose banks settle a currency.
HOME: Mapping[str, str] = MappingProxyType({
    "USD": "US", "EUR": "TARGET", "GBP": "GB", "CHF": "CH", "JPY": "JP", "BRL": "BR", "TRY": "TR",
})  # fmt: skip

DUST_BELOW = Decimal(10)  # USDT; the core converts a balance worth less in one go
DUST_FEE = Decimal("0.02")
TRADE_FEE = Decimal("0.001")

WITHDRAWAL_FEES: Mapping[str, Decimal] = MappingProxyType({
    network: Decimal(fee)
    for network, fee in {
        "BTC": "0.0001", "ETH": "0.001", "BSC": "0.0005", "TRX": "1", "SOL": "0.01", "XRP": "0.2", "ADA": "1",
    }.items()
})  # fmt: skip
OTHER_NETWORK_FEE = Decimal("0.001")
FIAT_FEES: Mapping[TransferKind, Decimal] = MappingProxyType({
    TransferKind.BANK: Decimal(1), TransferKind.SWIFT: Decimal(15), TransferKind.LOCAL: Decimal("0.5"),
})  # fmt: skip
# B04: 1 to 5 business days; on a chain an hour.
BUSINESS_DAYS: Mapping[TransferKind, int] = MappingProxyType({
    TransferKind.BANK: 3, TransferKind.SWIFT: 5, TransferKind.LOCAL: 1,
})  # fmt: skip
ON_CHAIN = timedelta(hours=1)

UNSTAKING_WAIT: Mapping[str, timedelta] = MappingProxyType({
    "ETH": timedelta(days=5), "SOL": timedelta(days=3), "ADA": timedelta(0),
})  # fmt: skip
OTHER_UNSTAKING_WAIT = timedelta(days=7)


def unstaking_wait(asset: str) -> timedelta:
    """Return how long a staked asset takes to come free."""
    return UNSTAKING_WAIT.get(asset, OTHER_UNSTAKING_WAIT)


def value_of(asset: str, amount: Decimal) -> Decimal | None:
    """Return the value in USDT, or None when the asset has no price and the amount is not zero."""
    price = PRICES.get(asset)
    if price is None:
        return None if amount else amounts.ZERO
    return amounts.multiply(price, amount)


def settles_at(kind: TransferKind, asset: str, now: datetime) -> datetime:
    """Return when a withdrawal made at `now` arrives: at the close of business of a day on which the banks of the
    currency settle; weekends and holidays do not count, and a day is theirs, not ours (B04)."""
    if kind is TransferKind.CRYPTO:
        return now + ON_CHAIN
    return after_business_days(now, BUSINESS_DAYS[kind], calendar_of(HOME.get(asset, "")))
