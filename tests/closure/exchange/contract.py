"""The contract suite: what every gateway must do, whoever is behind it. A gateway's tests inherit `GatewayContract`.

The heir gives three fixtures: `gateway`, `hold` (puts import sections into an account at the core) and `later` (moves
the core's clock).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from accounts.ids import uuid7
from closure.enums import CORE_AREAS, Area, TransferKind
from closure.exchange.contract import Done, Gateway, Holding, Order
from closure.exchange.errors import Refused

Hold = Callable[..., UUID]
Later = Callable[..., datetime]


def spot(asset: str, amount: str, value: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a holding of the spot wallet in the import format."""
    return {"area": "spot", "asset": asset, "amount": amount, "value_usdt": value, **more}


def held(gateway: Gateway, account: UUID, now: datetime, area: Area = Area.SPOT) -> dict[str, str]:
    """Return the amounts of an area by asset, as text."""
    items = gateway.snapshot(account, now=now).areas[area]
    return {item.asset: item.text for item in items if isinstance(item, Holding)}


def refusal(call: Callable[..., object], *args: Any, **facts: Any) -> str:
    """Return the reason with which a call is refused; fails when it is not."""
    with pytest.raises(Refused) as refused:
        call(*args, **facts)
    return refused.value.reason


def sell(gateway: Gateway, account: UUID, asset: str, amount: str, *, key: str, to_asset: str = "USDT") -> Done:
    """Sell as a portal does: what was quoted."""
    quote = gateway.quote_sale(account, asset=asset, amount=Decimal(amount), to_asset=to_asset)
    return gateway.sell(account, quote_id=quote.quote_id, key=key)


def send(gateway: Gateway, account: UUID, amount: str, *, key: str, asset: str = "BTC", frozen: bool = False) -> Done:
    """Withdraw to the saved address of the asset what was quoted; `frozen` by the call for frozen accounts."""
    saved = next(each for each in gateway.addresses(account) if each.asset == asset)
    quote = gateway.quote_withdrawal(
        account,
        asset=asset,
        amount=Decimal(amount),
        address_id=saved.address_id,
        method=TransferKind.CRYPTO,
    )
    write = gateway.withdraw_frozen if frozen else gateway.withdraw
    return write(account, quote_id=quote.quote_id, key=key)


@pytest.mark.django_db
class GatewayContract:
    def test_snapshot_of_an_unknown_account_is_empty(self, gateway: Gateway, now: datetime) -> None:
        account = uuid7()
        found = gateway.snapshot(account, now=now)
        assert (found.account_id, found.taken_at, found.withdrawals) == (account, now, ())
        assert dict(found.areas) == dict.fromkeys(CORE_AREAS, ())

    def test_snapshot_prices_bitcoin(self, gateway: Gateway, hold: Hold, now: datetime) -> None:
        assert gateway.snapshot(hold(), now=now).prices["BTC"] > 0

    def test_snapshot_shows_one_account_alone(self, gateway: Gateway, hold: Hold, now: datetime) -> None:
        ana = hold(holdings=[spot("BTC", "1")])
        hold(holdings=[spot("ETH", "2")], orders=[order()])
        assert held(gateway, ana, now) == {"BTC": "1"}
        assert gateway.snapshot(ana, now=now).areas[Area.ORDERS] == ()

    def test_cancel_orders_leaves_running_trades_between_people(
        self, gateway: Gateway, hold: Hold, now: datetime
    ) -> None:
        account = hold(orders=[order(), order(kind="oco"), order(kind="p2p", area="p2p")])
        gateway.cancel_orders(account, key="CL-1:orders")
        areas = gateway.snapshot(account, now=now).areas
        kinds = [item.kind for item in areas[Area.P2P] if isinstance(item, Order)]
        assert (areas[Area.ORDERS], kinds) == ((), ["p2p"])

    def test_convert_dust_gives_what_the_quote_showed(self, gateway: Gateway, hold: Hold, now: datetime) -> None:
        account = hold(holdings=[spot("XYZ", "3", "0.9"), spot("BTC", "0.0000100", "0.625"), spot("ETH", "1", "3000")])
        quote = gateway.quote_dust(account, to_asset="USDT")
        done = gateway.convert_dust(account, quote_id=quote.quote_id, key="CL-1:dust")
        assert (quote.amount, quote.receives + quote.fee) == (Decimal("1.525"), Decimal("1.525"))
        assert quote.fee > 0
        assert Decimal(done.detail["receives"]) == quote.receives
        assert {asset: Decimal(text) for asset, text in held(gateway, account, now).items()} == {
            "ETH": Decimal(1),
            "USDT": quote.receives,
        }

    def test_convert_dust_refuses_when_balances_moved(self, gateway: Gateway, hold: Hold) -> None:
        account = hold(holdings=[spot("XYZ", "3", "0.9"), spot("BTC", "0.00001", "0.625")])
        quote = gateway.quote_dust(account, to_asset="USDT")
        sell(gateway, account, "BTC", "0.00001", to_asset="ETH", key="CL-1:sell")
        reason = refusal(gateway.convert_dust, account, quote_id=quote.quote_id, key="CL-1:dust")
        assert reason == "quote_changed"

    def test_convert_dust_never_takes_what_has_no_price(self, gateway: Gateway, hold: Hold) -> None:
        account = hold(holdings=[spot("XYZ", "0.0003")])
        assert refusal(gateway.quote_dust, account, to_asset="USDT") == "nothing_to_convert"

    def test_quote_serves_its_own_account(self, gateway: Gateway, hold: Hold) -> None:
        ana, ben = (hold(holdings=[spot("XYZ", "3", "0.9")]) for _ in range(2))
        quote = gateway.quote_dust(ana, to_asset="USDT")
        assert refusal(gateway.convert_dust, ben, quote_id=quote.quote_id, key="k") == "unknown_quote"
        assert refusal(gateway.convert_dust, ana, quote_id=f"{quote.quote_id}x", key="k") == "unknown_quote"

    def test_quote_expires(self, gateway: Gateway, hold: Hold, later: Later) -> None:
        account = hold(holdings=[spot("XYZ", "3", "0.9")])
        quote = gateway.quote_dust(account, to_asset="USDT")
        later(minutes=11)
        assert refusal(gateway.convert_dust, account, quote_id=quote.quote_id, key="k") == "quote_expired"

    def test_move_margin_needs_closed_positions(self, gateway: Gateway, hold: Hold, now: datetime) -> None:
        margin = {"area": "usdm_futures", "asset": "USDT", "amount": "0.10000000", "value_usdt": "0.1"}
        position = {"area": "usdm_futures", "symbol": "BTC/USDT:USDT", "side": "long", "amount": "0.2"}
        ana, ben = hold(holdings=[margin], positions=[position]), hold(holdings=[margin])
        move = {"area": Area.USDM_FUTURES, "asset": "USDT"}
        assert refusal(gateway.move_margin, ana, **move, key="ana") == "position_open"
        gateway.move_margin(ben, **move, key="ben")  # type: ignore[arg-type]
        assert (held(gateway, ben, now), held(gateway, ben, now, Area.USDM_FUTURES)) == ({"USDT": "0.10000000"}, {})

    @pytest.mark.row("I08")
    def test_redeem_earn_waits_for_maturity_when_it_settles_to_spot(
        self, gateway: Gateway, hold: Hold, now: datetime, later: Later
    ) -> None:
        matures = now + timedelta(days=90)
        locked = earn("earn_locked", "L-1", unlocks=matures.isoformat(), redeemable=False)
        account = hold(holdings=[locked, earn("earn_flexible", "F-1")])
        gateway.redeem_earn(account, external_id="F-1", key="f")
        assert refusal(gateway.redeem_earn, account, external_id="L-1", key="l") == "locked"
        after = later(days=91)
        assert {asset: Decimal(text) for asset, text in held(gateway, account, after).items()} == {
            "ETH": Decimal("0.5")
        }
        assert held(gateway, account, after, Area.EARN_LOCKED) == {}

    def test_remove_liquidity_goes_to_spot(self, gateway: Gateway, hold: Hold, now: datetime) -> None:
        account = hold(holdings=[earn("liquidity", "P-1")])
        gateway.remove_liquidity(account, external_id="P-1", key="p")
        assert held(gateway, account, now) == {"ETH": "0.25"}

    def test_unstake_takes_its_time(self, gateway: Gateway, hold: Hold, now: datetime, later: Later) -> None:
        account = hold(holdings=[earn("staking", "S-1")])
        gateway.unstake(account, external_id="S-1", key="s")
        told = gateway.snapshot(account, now=now)
        [waiting] = [item for item in told.areas[Area.STAKING] if isinstance(item, Holding)]
        assert waiting.unlocks is not None
        assert (waiting.unlocks > now, waiting.redeemable) == (True, False)
        assert abs(waiting.unlocks - now - told.unstaking["ETH"]) < timedelta(minutes=1)
        assert refusal(gateway.unstake, account, external_id="S-1", key="again") == "already_unstaking"
        after = later(days=30)
        assert (held(gateway, account, after), held(gateway, account, after, Area.STAKING)) == ({"ETH": "0.25"}, {})

    def test_repay_loan_takes_from_its_own_area_first(self, gateway: Gateway, hold: Hold, now: datetime) -> None:
        loan = {"area": "cross_margin", "asset": "USDT", "amount": "12.5"}
        margin = {"area": "cross_margin", "asset": "USDT", "amount": "10"}
        account = hold(loans=[loan], holdings=[margin, spot("USDT", "5")])
        gateway.repay_loan(account, area=Area.CROSS_MARGIN, asset="USDT", key="r")
        assert (held(gateway, account, now), held(gateway, account, now, Area.CROSS_MARGIN)) == ({"USDT": "2.5"}, {})

    def test_repay_loan_without_the_money_changes_nothing(self, gateway: Gateway, hold: Hold, now: datetime) -> None:
        loan = {"area": "cross_margin", "asset": "USDT", "amount": "12.5"}
        account = hold(loans=[loan], holdings=[spot("USDT", "12.49")])
        before = gateway.snapshot(account, now=now)
        assert refusal(gateway.repay_loan, account, area=Area.CROSS_MARGIN, asset="USDT", key="r") == "insufficient"
        assert gateway.snapshot(account, now=now) == before

    def test_sell_refuses_more_than_there_is(self, gateway: Gateway, hold: Hold, now: datetime) -> None:
        account = hold(holdings=[spot("BTC", "0.5"), spot("XYZ", "1")])
        quote: dict[str, Any] = {"asset": "BTC", "to_asset": "USDT"}
        for amount, reason in (("0.50000001", "insufficient"), ("NaN", "bad_amount"), ("-1", "bad_amount")):
            assert refusal(gateway.quote_sale, account, **quote, amount=Decimal(amount)) == reason
        assert refusal(gateway.quote_sale, account, asset="XYZ", amount=Decimal(1), to_asset="USDT") == "no_price"
        assert held(gateway, account, now) == {"BTC": "0.5", "XYZ": "1"}

    def test_sell_gives_what_the_quote_showed(self, gateway: Gateway, hold: Hold, now: datetime) -> None:
        account = hold(holdings=[spot("BTC", "0.5")])
        quote = gateway.quote_sale(account, asset="BTC", amount=Decimal("0.5"), to_asset="USDT")
        gateway.sell(account, quote_id=quote.quote_id, key="s")
        assert {asset: Decimal(text) for asset, text in held(gateway, account, now).items()} == {"USDT": quote.receives}
        assert refusal(gateway.sell, account, quote_id=quote.quote_id, key="again") == "insufficient"

    @pytest.mark.row("A08")
    def test_close_positions_of_one_area_alone(self, gateway: Gateway, hold: Hold, now: datetime) -> None:
        areas = ("usdm_futures", "options")
        account = hold(positions=[{"area": area, "symbol": "BTC", "side": "long", "amount": "1"} for area in areas])
        gateway.close_positions(account, area=Area.USDM_FUTURES, key="p")
        found = gateway.snapshot(account, now=now).areas
        assert [len(found[Area(area)]) for area in areas] == [0, 1]
        assert refusal(gateway.close_positions, account, area=Area.USDM_FUTURES, key="q") == "unknown_position"

    @pytest.mark.row("A07")
    def test_move_web3_goes_to_spot(self, gateway: Gateway, hold: Hold, now: datetime) -> None:
        account = hold(holdings=[earn("web3", "W-1")])
        gateway.move_web3(account, asset="ETH", key="w")
        assert (held(gateway, account, now), held(gateway, account, now, Area.WEB3)) == ({"ETH": "0.25"}, {})
        assert refusal(gateway.move_web3, account, asset="ETH", key="x") == "unknown_holding"

    def test_collateral_is_free_when_its_loan_is_repaid(self, gateway: Gateway, hold: Hold, now: datetime) -> None:
        held_against = {"area": "loans", "asset": "BTC", "amount": "0.1"}
        account = hold(
            loans=[{"area": "loans", "asset": "USDT", "amount": "10"}], holdings=[held_against, spot("USDT", "10")]
        )
        assert refusal(gateway.move_margin, account, area=Area.LOANS, asset="BTC", key="c") == "loan_open"
        gateway.repay_loan(account, area=Area.LOANS, asset="USDT", key="r")
        gateway.move_margin(account, area=Area.LOANS, asset="BTC", key="c")
        assert held(gateway, account, now) == {"BTC": "0.1"}

    def test_revoke_keys_named_and_all(self, gateway: Gateway, hold: Hold, now: datetime) -> None:
        account = hold(api_keys=[{"key_id": name} for name in ("k1", "k2", "k3")])
        assert refusal(gateway.revoke_keys, account, key_ids=("k1", "k9"), key="no") == "unknown_key"
        gateway.revoke_keys(account, key_ids=("k1",), key="one")
        left = [getattr(item, "key_id", None) for item in gateway.snapshot(account, now=now).areas[Area.API_KEYS]]
        gateway.revoke_keys(account, key_ids=None, key="all")
        assert (left, gateway.snapshot(account, now=now).areas[Area.API_KEYS]) == (["k2", "k3"], ())

    def test_remove_addresses_named_and_all(self, gateway: Gateway, hold: Hold) -> None:
        account = hold(addresses=[address(label=name) for name in ("one", "two", "three")])
        first = gateway.addresses(account)[0]
        gateway.remove_addresses(account, address_ids=(first.address_id,), key="one")
        left = [saved.label for saved in gateway.addresses(account)]
        gateway.remove_addresses(account, address_ids=None, key="all")
        assert (left, gateway.addresses(account)) == (["two", "three"], ())

    def test_freeze_stops_trading_and_withdrawing(self, gateway: Gateway, hold: Hold, now: datetime) -> None:
        account = hold(holdings=[spot("BTC", "0.5")])
        gateway.freeze(account, key="f")
        assert refusal(sell, gateway, account, "BTC", "0.1", key="s") == "frozen"
        gateway.unfreeze(account, key="u")
        sell(gateway, account, "BTC", "0.1", key="s")
        assert held(gateway, account, now)["BTC"] == "0.4"

    def test_frozen_account_withdraws_by_the_portals_own_call_alone(
        self, gateway: Gateway, hold: Hold, now: datetime
    ) -> None:
        account = hold(holdings=[spot("BTC", "0.05")], addresses=[address(whitelisted=True)])
        gateway.freeze(account, key="f")
        assert refusal(send, gateway, account, "0.05", key="w") == "frozen"
        send(gateway, account, "0.04", key="CL-1:w", frozen=True)
        assert held(gateway, account, now) == {"BTC": "0.01"}
        assert refusal(sell, gateway, account, "BTC", "0.01", key="s") == "frozen"

    def test_lock_deposits_shows_in_the_snapshot(self, gateway: Gateway, hold: Hold, now: datetime) -> None:
        account = hold()
        gateway.lock_deposits(account, key="l")
        locked = gateway.snapshot(account, now=now).deposits_locked
        gateway.unlock_deposits(account, key="u")
        assert (locked, gateway.snapshot(account, now=now).deposits_locked) == (True, False)

    @pytest.mark.row("B03")
    def test_close_needs_the_lock_and_leaves_balances_as_they_are(
        self, gateway: Gateway, hold: Hold, now: datetime
    ) -> None:
        account = hold(holdings=[spot("XYZ", "0.0003")], api_keys=[{"key_id": "k1"}], addresses=[address()])
        assert refusal(gateway.close, account, key="c") == "deposits_open"
        gateway.lock_deposits(account, key="l")
        before = gateway.snapshot(account, now=now)
        gateway.close(account, key="c")
        assert gateway.snapshot(account, now=now) == before
        assert list(gateway.transactions(account)) == []

    def test_close_ends_every_other_call(self, gateway: Gateway, hold: Hold) -> None:
        account = hold(holdings=[spot("XYZ", "3", "0.9")], addresses=[address()])
        gateway.lock_deposits(account, key="l")
        done = gateway.close(account, key="c")
        calls: list[tuple[Callable[..., object], dict[str, Any]]] = [
            (gateway.cancel_orders, {"key": "1"}),
            (gateway.quote_dust, {"to_asset": "USDT"}),
            (gateway.revoke_keys, {"key_ids": None, "key": "2"}),
            (gateway.addresses, {}),
            (gateway.remove_addresses, {"address_ids": None, "key": "3"}),
            (gateway.unlock_deposits, {"key": "4"}),
            (gateway.unfreeze, {"key": "5"}),
            (gateway.close, {"key": "6"}),
            (gateway.quote_sale, {"asset": "XYZ", "amount": Decimal(1), "to_asset": "USDT"}),
            (gateway.close_positions, {"area": Area.OPTIONS, "key": "7"}),
            (gateway.move_web3, {"asset": "ETH", "key": "8"}),
        ]
        assert [refusal(call, account, **facts) for call, facts in calls] == ["closed"] * len(calls)
        assert gateway.close(account, key="c") == done

    def test_key_acts_once_and_answers_the_same(self, gateway: Gateway, hold: Hold, now: datetime) -> None:
        account = hold(holdings=[spot("BTC", "0.5")])
        quote = gateway.quote_sale(account, asset="BTC", amount=Decimal("0.1"), to_asset="USDT")
        again: dict[str, Any] = {"quote_id": quote.quote_id, "key": "CL-1:sell"}
        first, second = gateway.sell(account, **again), gateway.sell(account, **again)
        assert (first, held(gateway, account, now)["BTC"]) == (second, "0.4")

    def test_outcome_says_what_a_key_did_and_does_nothing(self, gateway: Gateway, hold: Hold, now: datetime) -> None:
        account = hold(holdings=[spot("BTC", "2", "125000")])
        assert gateway.outcome(account, key="a") is None
        assert held(gateway, account, now) == {"BTC": "2"}
        done = sell(gateway, account, "BTC", "1", key="a")
        assert (gateway.outcome(account, key="a"), gateway.outcome(account, key="b")) == (done, None)
        assert gateway.outcome(uuid7(), key="a") is None
        gateway.freeze(account, key="c")
        assert gateway.outcome(account, key="a") == done

    def test_key_of_another_write_is_refused(self, gateway: Gateway, hold: Hold) -> None:
        ana, ben = hold(), hold()
        gateway.freeze(ana, key="CL-1:freeze")
        assert refusal(gateway.freeze, ben, key="CL-1:freeze") == "key_reused"
        assert refusal(gateway.unfreeze, ana, key="CL-1:freeze") == "key_reused"
        assert [refusal(gateway.freeze, ana, key=key) for key in ("", "k" * 129)] == ["bad_key", "bad_key"]

    def test_key_of_a_refused_write_may_be_tried_again(self, gateway: Gateway, hold: Hold, now: datetime) -> None:
        account = hold(holdings=[spot("BTC", "0.5")])
        gateway.freeze(account, key="f")
        assert refusal(sell, gateway, account, "BTC", "0.1", key="CL-1:sell") == "frozen"
        gateway.unfreeze(account, key="u")
        sell(gateway, account, "BTC", "0.1", key="CL-1:sell")
        assert held(gateway, account, now)["BTC"] == "0.4"

    def test_transactions_come_oldest_first(self, gateway: Gateway, hold: Hold) -> None:
        days = ["2026-03-02", "2026-01-02", "2026-02-02"]
        trade = {"kind": "trade", "asset": "BTC", "amount": "0.10"}
        account = hold(transactions=[{**trade, "time": f"{day}T00:00:00Z", "reference": day} for day in days])
        found = [(entry.reference, entry.text) for entry in gateway.transactions(account)]
        assert found == [(day, "0.10") for day in sorted(days)]

    def test_events_of_nobody_are_none(self, gateway: Gateway) -> None:
        assert gateway.events_since("", limit=10) == ()
        assert refusal(gateway.events_since, "tomorrow", limit=10) == "bad_cursor"


def order(**more: Any) -> dict[str, Any]:
    """Return an open order in the import format."""
    return {"area": "orders", "kind": "limit", "symbol": "SOL/USDT", "side": "buy", "amount": "0.05"} | more


def earn(area: str, external_id: str, **more: Any) -> dict[str, Any]:
    """Return a product holding of 0.25 ETH in the import format."""
    return {"area": area, "asset": "ETH", "amount": "0.25", "external_id": external_id} | more


def address(**more: Any) -> dict[str, Any]:
    """Return a saved withdrawal address in the import format."""
    return {"asset": "BTC", "network": "BTC", "address": "bc1qexample"} | more
