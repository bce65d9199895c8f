"""Values and arrival times of the embedded core."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from closure.enums import TransferKind
from closure.exchange.ledger.prices import settles_at, value_of

FRIDAY = datetime(2026, 11, 20, 15, tzinfo=UTC)


@pytest.mark.row("B04")
@pytest.mark.parametrize(
    ("kind", "start", "arrives"),
    [
        (TransferKind.LOCAL, FRIDAY, FRIDAY + timedelta(days=3)),
        (TransferKind.BANK, FRIDAY, FRIDAY + timedelta(days=5)),
        (TransferKind.SWIFT, FRIDAY, FRIDAY + timedelta(days=7)),
        (TransferKind.LOCAL, FRIDAY + timedelta(days=1), FRIDAY + timedelta(days=3)),
        (TransferKind.CRYPTO, FRIDAY, FRIDAY + timedelta(hours=1)),
    ],
)
def test_settles_at_counts_business_days(kind: TransferKind, start: datetime, arrives: datetime) -> None:
    assert settles_at(kind, start) == arrives


@pytest.mark.parametrize(
    ("asset", "amount", "value"),
    [("BTC", "0.5", Decimal(31250)), ("XYZ", "0.0003", None), ("XYZ", "0E-8", Decimal(0))],
)
def test_value_of_what_has_no_price(asset: str, amount: str, value: Decimal | None) -> None:
    assert value_of(asset, Decimal(amount)) == value
