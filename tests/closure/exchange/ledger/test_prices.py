"""Values and arrival times of the embedded core."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from closure.enums import TransferKind
from closure.exchange.ledger.prices import settles_at, value_of

FRIDAY = datetime(2026, 11, 20, 15, tzinfo=UTC)
K = TransferKind


def at(month: int, day: int, hour: int, *, year: int = 2026) -> datetime:
    """Return a time in UTC."""
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.row("B04")
@pytest.mark.parametrize(
    ("kind", "asset", "start", "arrives"),
    [
        # Brussels closes at 16:00 UTC in winter, at 15:00 in summer; New York at 22:00 and 21:00.
        (K.LOCAL, "EUR", FRIDAY, at(11, 23, 16)),
        (K.BANK, "EUR", FRIDAY, at(11, 25, 16)),
        (K.SWIFT, "EUR", FRIDAY, at(11, 27, 16)),
        (K.LOCAL, "EUR", FRIDAY + timedelta(days=1), at(11, 23, 16)),
        # Thanksgiving is a holiday of dollars, not of euros.
        (K.SWIFT, "USD", FRIDAY, at(11, 30, 22)),
        # Good Friday and Easter Monday.
        (K.LOCAL, "EUR", at(4, 2, 9), at(4, 7, 15)),
        (K.LOCAL, "GBP", at(12, 24, 9), at(12, 29, 17)),
        # It is Monday in Tokyo already, and a Friday there is no day later.
        (K.LOCAL, "JPY", at(11, 15, 16), at(11, 17, 8)),
        # Clocks go back on 25 October, and forward on 28 March: the bank's day stays its day.
        (K.LOCAL, "EUR", at(10, 23, 12), at(10, 26, 16)),
        (K.LOCAL, "EUR", at(3, 26, 12, year=2027), at(3, 30, 15, year=2027)),
        (K.CRYPTO, "BTC", FRIDAY, FRIDAY + timedelta(hours=1)),
    ],
)
def test_settles_at_counts_business_days_of_the_currency(
    kind: TransferKind, asset: str, start: datetime, arrives: datetime
) -> None:
    assert settles_at(kind, asset, start) == arrives


@pytest.mark.parametrize(
    ("asset", "amount", "value"),
    [("BTC", "0.5", Decimal(31250)), ("XYZ", "0.0003", None), ("XYZ", "0E-8", Decimal(0))],
)
def test_value_of_what_has_no_price(asset: str, amount: str, value: Decimal | None) -> None:
    assert value_of(asset, Decimal(amount)) == value
