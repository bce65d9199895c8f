"""What the tests of the account check build: holdings, views, policies of every preset, snapshots and faulty cores."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts import clock
from accounts.enums import FactorKind, IdentityStatus
from closure.enums import CORE_AREAS, Area, Direction, OrderKind, Side, TransferKind
from closure.exchange.contract import (
    ApiKey,
    Holding,
    Item,
    Loan,
    Nft,
    Order,
    Position,
    Referral,
    Snapshot,
    Transfer,
)
from closure.exchange.ledger.gateway import LedgerGateway
from closure.policy import loader
from closure.policy.schema import DustAbove, Policy, PreflightPolicy
from closure.preflight.view import AccountView, PortalFacts

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)  # a Friday
STANDARD = loader.load("standard")
CLEAR = PortalFacts(
    factors=frozenset({FactorKind.EMAIL, FactorKind.SMS, FactorKind.TOTP}),
    identity_status=IdentityStatus.VERIFIED,
    identity_level=2,
    country="US",
)
# As docs/lifecycle.md lists them: dust by coin, in total, and within both.
DUST = {
    "binance": (Decimal(1), None, DustAbove.WARN),
    "binance-cooling-off": (Decimal(0), None, DustAbove.WARN),
    "binance-us": (Decimal(0), None, DustAbove.WARN),
    "pionex": (Decimal(0), None, DustAbove.WARN),
    "standard": (Decimal(1), Decimal(5), DustAbove.RESOLVE_EACH),
}


def preflight_policy(**changes: Any) -> Policy:
    """Return the standard policy with other values in its preflight section."""
    return replace(STANDARD, preflight=replace(STANDARD.preflight, **changes))


def verification_policy(**changes: Any) -> Policy:
    """Return the standard policy with other values in its verification section."""
    return replace(STANDARD, verification=replace(STANDARD.verification, **changes))


def dust_policy(preset: str) -> Policy:
    """Return the standard policy with the dust of a preset."""
    per_coin, total, within = DUST[preset]
    return preflight_policy(dust_per_coin=per_coin, dust_total=total, dust_within=within)


def preflight_section(preset: str) -> PreflightPolicy:
    """Return the preflight section with the dust of a preset."""
    return dust_policy(preset).preflight


def holding(
    asset: str = "BTC", text: str = "1", value: str | None = "62500", area: Area = Area.SPOT, **facts: Any
) -> Holding:
    """Return a holding; the amount is its text."""
    worth = None if value is None else Decimal(value)
    return Holding(area=area, asset=asset, amount=Decimal(text), text=text, value_usdt=worth, **facts)


def position(area: Area = Area.USDM_FUTURES, text: str = "0.2", value: str | None = "12500") -> Position:
    """Return a long position."""
    worth = None if value is None else Decimal(value)
    return Position(
        area=area, symbol="BTC/USDT:USDT", side=Side.LONG, amount=Decimal(text), text=text, value_usdt=worth
    )


def order(kind: OrderKind = OrderKind.LIMIT, area: Area = Area.ORDERS, external_id: str = "") -> Order:
    """Return an open order of a kind."""
    amount = Decimal("0.05")
    return Order(
        area=area, kind=kind, symbol="SOL/USDT", side=Side.BUY, amount=amount, text="0.05", external_id=external_id
    )


def loan(area: Area = Area.LOANS, text: str = "12.5") -> Loan:
    """Return a loan."""
    return Loan(area=area, asset="USDT", amount=Decimal(text), text=text)


def transfer(kind: TransferKind = TransferKind.BANK, settles: datetime | None = None, text: str = "100") -> Transfer:
    """Return a transfer on its way out."""
    return Transfer(direction=Direction.OUT, kind=kind, asset="EUR", amount=Decimal(text), text=text, settles=settles)


def api_key(key_id: str = "k-1") -> ApiKey:
    """Return an API key."""
    return ApiKey(key_id=key_id, label="bot", scopes=("read",), last_used=None)


def referral(*, settled: bool = False, text: str = "3.20") -> Referral:
    """Return a commission."""
    return Referral(asset="USDT", amount=Decimal(text), text=text, settled=settled)


def nft(token: str = "17") -> Nft:
    """Return an NFT."""
    return Nft(collection="Harbor Lights", token=token, chain="ETH")


def area_of(item: Item) -> Area:
    """Return the area that an item belongs to."""
    places: dict[type, Area] = {
        Transfer: Area.TRANSFERS, ApiKey: Area.API_KEYS, Referral: Area.REFERRALS, Nft: Area.NFT,
    }  # fmt: skip
    return places.get(type(item)) or Area(getattr(item, "area"))  # noqa: B009  (not every item has one)


def areas_with(*items: Item) -> dict[Area, tuple[Item, ...]]:
    """Return every core area, with the items where they belong."""
    return {area: tuple(item for item in items if area_of(item) is area) for area in CORE_AREAS}


def view(*items: Item, facts: PortalFacts = CLEAR, **rest: Any) -> AccountView:
    """Return a view of an account that holds the items and is clear otherwise."""
    prices = rest.pop("prices", {"BTC": Decimal(62500)})
    return AccountView(facts=facts, areas=areas_with(*items), prices=prices, **rest)


def snapshot(account_id: UUID, *items: Item, at: datetime = NOW, **facts: Any) -> Snapshot:
    """Return a snapshot of an account that holds the items."""
    plain: dict[str, Any] = {"areas": areas_with(*items), "withdrawals": (), "prices": {"BTC": Decimal(62500)}}
    return Snapshot(account_id=account_id, taken_at=at, **{**plain, **facts})


class FaultyGateway(LedgerGateway):
    """The embedded core with a fault: what it answers about an account is whatever `fault` makes of the truth."""

    def __init__(self, fault: Callable[[Snapshot], Any], *, remote: bool = False) -> None:
        super().__init__(clock.now)
        self.fault = fault
        self.remote = remote

    def snapshot(self, account_id: UUID, *, now: datetime) -> Snapshot:
        """Answer with the fault."""
        # A remote core has tables of its own; a thread of this test's must not touch the test's database.
        truth = snapshot(account_id, at=now) if self.remote else super().snapshot(account_id, now=now)
        return self.fault(truth)  # type: ignore[no-any-return]  # any answer at all is the point


def with_items(*items: Any) -> Callable[[Snapshot], Snapshot]:
    """Return a fault: these items stand in the first area they name, or in spot, beside what is true."""

    def answer(truth: Snapshot) -> Snapshot:
        areas: Mapping[Any, Any] = {**truth.areas, Area.SPOT: items}
        return replace(truth, areas=areas)

    return answer
