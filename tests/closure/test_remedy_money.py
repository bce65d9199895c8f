"""Whatever is cleared in whatever order, no unit is lost and none appears: held, owed, sent, or a named fee (B12)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.exceptions import PortalError
from accounts.ids import uuid7
from accounts.models import Account
from closure.enums import Area
from closure.exchange import amounts
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.models import LedgerHolding, LedgerTransaction
from closure.exchange.ledger.prices import PRICES
from closure.preflight import remedies, runner
from closure.preflight.portal_facts import facts_of
from closure.preflight.remedies.core import Core
from closure.preflight.remedies.remedy import Move, Preview, Remedy, Scene
from closure.preflight.remedies.writes import WRITES
from tests.closure.clearing import hold
from tests.closure.exchange.contract import address
from tests.closure.exchange.ledger.test_conservation import worth

ROUNDING = Decimal("1e-9")
ASSETS = ("BTC", "ETH", "SOL", "USDT")
PAIRS = ("BTC/USDT",)
FREE = (Area.SPOT, Area.FUNDING)
MARGIN = (Area.USDM_FUTURES, Area.COINM_FUTURES, Area.CROSS_MARGIN, Area.ISOLATED_MARGIN, Area.LOANS)
PRODUCTS = (Area.EARN_FLEXIBLE, Area.EARN_LOCKED, Area.LIQUIDITY, Area.STAKING, Area.WEB3)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
AMOUNTS = st.one_of(
    st.decimals("0.000000000000000001", "0.001", places=18), st.decimals("0.01", "60", places=8)
)  # dust and more
CODES = [each.code.value for each in remedies.REMEDIES if each.code.value not in {"give_up", "revoke_keys"}]


@st.composite
def ledgers(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """Return what somebody may hold, owe and have open, in the import format."""
    holdings = []
    for number in range(draw(st.integers(1, 9))):
        area = draw(st.sampled_from([*FREE, *MARGIN, *PRODUCTS]))
        asset = draw(st.sampled_from(ASSETS + (PAIRS if area is Area.LIQUIDITY else ())))
        amount = draw(AMOUNTS)
        price = PRICES.get(asset, Decimal(3))
        locked = area is Area.EARN_LOCKED or (area is Area.STAKING and draw(st.booleans()))
        ends = NOW + timedelta(days=draw(st.integers(-5, 60)))
        holdings.append(
            {
                "area": area.value,
                "asset": asset,
                "amount": amounts.plain(amount),
                "value_usdt": amounts.plain(amounts.round_down(amount * price, 18)),
                "unlocks": ends.isoformat() if locked else None,
                "redeemable": draw(st.booleans()) if locked else True,
                "external_id": f"H-{number}",
            }
        )
    areas = st.sampled_from([Area.CROSS_MARGIN, Area.ISOLATED_MARGIN, Area.LOANS])
    loans = [
        {"area": draw(areas).value, "asset": draw(st.sampled_from(ASSETS)), "amount": amounts.plain(draw(AMOUNTS))}
        for _number in range(draw(st.integers(0, 3)))
    ]
    positions = [{"area": "usdm_futures", "symbol": "BTC", "side": "long", "amount": "1"}] * draw(st.integers(0, 1))
    return {"holdings": holdings, "loans": loans, "positions": positions}


def planned(account: Account, remedy: Remedy, chance: int, core: LedgerGateway, now: datetime) -> Preview | None:
    """Return what a remedy would do to one of its choices; None where it refuses."""
    view = runner.view_of(runner.read(account, gateway=core, now=now), facts_of(account))
    scene = Scene(view=view, core=Core(core, account.pk, deadline=runner.DEADLINE), now=now)
    try:
        found = remedy.options(scene) if remedy.options is not None else []
        return remedy.plan(scene, found[chance % len(found)].item if found else "")
    except PortalError:
        return None


def total(account: Account) -> Decimal:
    """Return the value of everything held, owed, on its way, arrived elsewhere or paid as a fee."""
    sent = LedgerTransaction.objects.filter(account_id=account.pk, kind="withdrawal")
    return worth(account.pk) + sum((PRICES[row.asset] * amounts.read(row.amount) for row in sent), Decimal(0))


def write(core: LedgerGateway, account: Account, move: Move, key: str) -> None:
    """Make a move twice under one key, unless the core refuses: the second answers as the first and moves nothing."""
    ours = Core(core, account.pk, deadline=runner.DEADLINE)
    for _again in range(2):
        try:
            ours.write(lambda gateway, account_id: WRITES[move.call](gateway, account_id, move.facts, key))
        except PortalError:
            return


@pytest.mark.row("B12", "B03")
@pytest.mark.django_db
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    sections=ledgers(),
    presses=st.lists(st.tuples(st.sampled_from(CODES), st.integers(0, 9)), max_size=7),
    days=st.lists(st.integers(0, 9), min_size=10, max_size=10),
)
def test_remedies_in_any_order_conserve_money(
    sections: dict[str, list[dict[str, Any]]], presses: list[tuple[str, int]], days: list[int]
) -> None:
    at = NOW
    core = LedgerGateway(lambda: at)
    account = Account.objects.create(
        pk=uuid7(), identity_level=2, created_at=NOW, last_active_at=NOW, status_changed_at=NOW
    )
    hold(account, **sections, addresses=[address(asset=asset, network=asset, whitelisted=True) for asset in ASSETS])
    before = total(account)
    for number, (code, chance) in enumerate(presses):
        shown = planned(account, remedies.find(code), chance, core, at)
        for index, move in enumerate(shown.moves if shown else ()):
            write(core, account, move, f"{account.pk}:{number}:{index}")
            assert abs(total(account) - before) < ROUNDING, (code, move)
        at += timedelta(days=days[number])
        core.snapshot(account.pk, now=at)
    assert abs(total(account) - before) < ROUNDING
    assert all(amounts.read(row.amount) >= 0 for row in LedgerHolding.objects.filter(account_id=account.pk))
