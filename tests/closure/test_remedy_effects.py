"""What each remedy does, with its fee, its proceeds and its day (A02-A06, B01, B02, B04-B06, B12)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from accounts.actors import Actor
from closure.enums import Area, RemedyState
from closure.exceptions import NothingToClear, RemedyRefused, StillRemediable, UnknownRemedy
from closure.exchange.contract import Order, Transfer
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.models import LedgerAddress
from closure.operations import remedy
from closure.preflight.remedies.wordings import say
from tests.closure.clearing import (
    held,
    hold,
    loaded,
    look,
    picture,
    press,
)
from tests.closure.exchange.contract import address, earn, spot
from tests.factories import make_account

pytestmark = pytest.mark.django_db
Advance = Callable[..., datetime]


@pytest.mark.row("B02", "A02")
def test_dust_is_converted_as_it_was_shown_and_then_sold_or_left(ledger: LedgerGateway, now: datetime) -> None:
    ana = loaded(now=now)
    shown = look(ana, "convert_dust", now=now)
    assert shown.fee is not None
    assert shown.receives is not None
    assert say(shown.moves[0].line) == "Convert 0.02 SOL to USDT."
    assert (shown.fee.amount, shown.receives.amount, shown.receives.asset) == (Decimal("0.06"), Decimal("2.94"), "USDT")
    press(ana, "convert_dust", now=now)
    spot_now = held(picture(ana, ledger, now))
    assert (Decimal(spot_now["USDT"]), "SOL" in spot_now) == (Decimal("42.94"), False)


@pytest.mark.row("B01", "B06")
def test_withdrawal_shows_the_network_fee_and_goes_to_a_whitelisted_address(
    ledger: LedgerGateway, now: datetime
) -> None:
    ana = loaded(now=now)
    found = remedy.look(ana, "withdraw_crypto", "", actor=Actor.customer(ana), now=now)
    assert [say(each.line) for each in found.options] == [
        "0.5 BTC to cold: bc1qexample (BTC)",
        "0.0003 XYZ to XYZ: xyz1 (XYZ)",
    ]
    other = LedgerAddress.objects.get(account_id=ana.pk, label="new")
    with pytest.raises(UnknownRemedy):
        look(ana, "withdraw_crypto", str(other.pk), now=now)
    shown = look(ana, "withdraw_crypto", found.options[0].item, now=now)
    assert shown.fee is not None
    assert shown.receives is not None
    assert (shown.fee.amount, shown.receives.amount) == (Decimal("0.0001"), Decimal("0.4999"))
    press(ana, "withdraw_crypto", now=now, shown=shown)
    after = picture(ana, ledger, now)
    assert [item.text for item in after.areas[Area.TRANSFERS] if isinstance(item, Transfer)] == ["0.5"]
    assert "BTC" not in held(after)


@pytest.mark.row("B01")
def test_sale_gives_what_was_shown(ledger: LedgerGateway, now: datetime) -> None:
    ana = loaded(now=now)
    shown = look(ana, "sell", "BTC", now=now)
    assert shown.receives is not None
    press(ana, "sell", "BTC", now=now, shown=shown)
    assert Decimal(held(picture(ana, ledger, now))["USDT"]) == 40 + shown.receives.amount


@pytest.mark.row("B05", "A20")
def test_withdrawal_is_cut_to_the_limit_and_goes_on_the_next_day(
    ledger: LedgerGateway, now: datetime, advance: Advance
) -> None:
    ana = make_account("ana", identity_level=1)
    hold(ana, holdings=[spot("BTC", "5", "312500")], addresses=[address(whitelisted=True)])
    shown = look(ana, "withdraw_crypto", now=now)
    assert shown.receives is not None
    assert shown.receives.amount == Decimal("1.9999")
    assert [say(line) for line in shown.notes] == ["Your limit is 2 BTC in 24 hours, so 3 BTC stay for another day."]
    press(ana, "withdraw_crypto", now=now)
    with pytest.raises(NothingToClear, match="daily limit"):
        look(ana, "withdraw_crypto", now=now)
    later = advance(hours=24)
    assert press(ana, "withdraw_crypto", now=later).state == RemedyState.DONE
    assert Decimal(held(picture(ana, ledger, later))["BTC"]) == 1


@pytest.mark.row("B05")
def test_withdrawal_without_a_price_uses_the_limit_of_a_day(ledger: LedgerGateway, now: datetime) -> None:
    ana = make_account("ana")
    saved = [address(whitelisted=True), address(asset="XYZ", network="XYZ", address="x", whitelisted=True)]
    hold(ana, holdings=[spot("BTC", "0.1", "6250"), spot("XYZ", "9")], addresses=saved)
    items = {each.asset: each.address_id for each in ledger.addresses(ana.pk)}
    shown = look(ana, "withdraw_crypto", items["XYZ"], now=now)
    assert "no price" in say(shown.notes[0])
    press(ana, "withdraw_crypto", items["XYZ"], now=now)
    with pytest.raises(NothingToClear, match="daily limit"):
        look(ana, "withdraw_crypto", items["BTC"], now=now)


@pytest.mark.row("B04")
@pytest.mark.parametrize("method", ["bank", "swift", "local"])
def test_fiat_leaves_by_each_method_with_its_day(method: str, ledger: LedgerGateway, now: datetime) -> None:
    ana = loaded(now=now)
    shown = look(ana, "withdraw_fiat", f"EUR:{method}", now=now)
    assert shown.settles is not None
    assert (shown.settles.weekday() < 5, now < shown.settles < now + timedelta(days=14)) == (True, True)
    press(ana, "withdraw_fiat", f"EUR:{method}", now=now)
    [sent] = [item for item in picture(ana, ledger, now).areas[Area.TRANSFERS] if isinstance(item, Transfer)]
    assert (sent.kind, sent.text, sent.settles) == (method, "250", shown.settles)


@pytest.mark.row("A05")
def test_locked_earn_is_redeemed_only_where_it_may(ledger: LedgerGateway, now: datetime) -> None:
    ana = make_account("ana")
    ends = (now + timedelta(days=30)).isoformat()
    hold(
        ana,
        holdings=[
            earn("earn_locked", "early", unlocks=ends),
            earn("earn_locked", "never", unlocks=ends, redeemable=False),
            earn("earn_locked", "ended", unlocks=(now - timedelta(days=1)).isoformat()),
        ],
    )
    shown = look(ana, "redeem_earn", now=now)
    assert [move.facts["external_id"] for move in shown.moves] == ["early", "ended"]
    assert "before its end on" in say(shown.moves[0].line)
    # What is redeemed early may cost interest: nobody does that for others by one press.
    assert [move.facts["external_id"] for move in look(ana, "fix", now=now).moves] == ["ended"]
    press(ana, "redeem_earn", now=now)
    assert len(picture(ana, ledger, now).areas[Area.EARN_LOCKED]) == 1


@pytest.mark.row("A06", "A20")
def test_unstaking_shows_the_day_and_the_core_keeps_it(ledger: LedgerGateway, now: datetime, advance: Advance) -> None:
    ana = loaded(now=now)
    free = now + ledger.snapshot(ana.pk, now=now).unstaking["ETH"]
    assert f"on {free.day} {free:%b %Y} UTC" in say(look(ana, "unstake", now=now).moves[0].line)
    press(ana, "unstake", now=now)
    with pytest.raises(NothingToClear):
        look(ana, "unstake", now=now)
    assert held(picture(ana, ledger, advance(days=6)))["ETH"] == "0.25"


@pytest.mark.row("A06")
def test_share_of_a_pair_gives_both_coins(ledger: LedgerGateway, now: datetime) -> None:
    ana = make_account("ana")
    pair = {"area": "liquidity", "asset": "BTC/USDT", "amount": "0.8", "value_usdt": "96", "external_id": "P"}
    hold(ana, holdings=[pair])
    press(ana, "remove_liquidity", now=now)
    found = {asset: Decimal(text) for asset, text in held(picture(ana, ledger, now)).items()}
    assert found == {"BTC": Decimal("0.000768"), "USDT": Decimal(48)}


@pytest.mark.row("A03", "A04")
def test_margin_waits_for_positions_and_loans(now: datetime) -> None:
    ana = make_account("ana")
    margins = [
        {"area": area, "asset": "USDT", "amount": "5", "value_usdt": "5"}
        for area in ("usdm_futures", "options", "cross_margin")
    ]
    hold(
        ana,
        holdings=margins,
        positions=[{"area": "options", "symbol": "C", "side": "long", "amount": "1"}],
        loans=[{"area": "cross_margin", "asset": "USDT", "amount": "9"}],
    )
    shown = look(ana, "move_margin", now=now)
    assert [move.facts["area"] for move in shown.moves] == ["usdm_futures"]
    assert [say(line) for line in shown.notes] == [
        "Options: close your positions there first.",
        "Cross margin: repay your loan there first.",
    ]
    with pytest.raises(NothingToClear, match=r"4 are missing"):
        look(ana, "repay_loans", now=now)


@pytest.mark.row("B12")
def test_fix_does_what_is_safe_in_an_order_that_works(ledger: LedgerGateway, now: datetime) -> None:
    ana = make_account("ana")
    hold(
        ana,
        holdings=[
            spot("SOL", "0.02", "3"),
            {"area": "earn_flexible", "asset": "USDT", "amount": "10", "value_usdt": "10", "external_id": "F"},
            {"area": "cross_margin", "asset": "USDT", "amount": "5", "value_usdt": "5"},
            {"area": "loans", "asset": "BTC", "amount": "0.1", "value_usdt": "6250"},
            earn("staking", "S-1"),
        ],
        orders=[{"area": "orders", "kind": "oco", "symbol": "SOL/USDT", "side": "buy", "amount": "1"}],
        loans=[
            {"area": "cross_margin", "asset": "USDT", "amount": "8"},
            {"area": "loans", "asset": "USDT", "amount": "6"},
        ],
    )
    shown = look(ana, "fix", now=now)
    # All of the cross margin went into its loan, so nothing of it is left to be moved.
    assert [move.call.value for move in shown.moves] == [
        "convert_dust", "cancel_orders", "redeem_earn", "repay_loan", "repay_loan", "move_margin", "unstake",
    ]  # fmt: skip
    run = press(ana, "fix", now=now)
    after = picture(ana, ledger, now)
    assert [move["state"] for move in run.moves] == ["done"] * len(run.moves)
    left = {area: held(after, area) for area in Area if held_any(after, area)}
    assert sorted(left) == [Area.SPOT, Area.STAKING]
    assert Decimal(left[Area.SPOT]["USDT"]) == Decimal("3.94")
    assert (after.areas[Area.CROSS_MARGIN], after.areas[Area.LOANS], after.areas[Area.ORDERS]) == ((), (), ())


def held_any(snapshot: object, area: Area) -> bool:
    return bool(getattr(snapshot, "areas", {}).get(area))


def test_orders_between_people_stay(ledger: LedgerGateway, now: datetime) -> None:
    ana = make_account("ana")
    p2p = {"area": "p2p", "kind": "p2p", "symbol": "USDT/EUR", "side": "sell", "amount": "1"}
    hold(ana, orders=[p2p, {"area": "orders", "kind": "limit", "symbol": "A/B", "side": "buy", "amount": "1"}])
    press(ana, "cancel_orders", now=now)
    kinds = [item.kind for item in picture(ana, ledger, now).areas[Area.P2P] if isinstance(item, Order)]
    assert kinds == ["p2p"]
    with pytest.raises(NothingToClear):
        look(ana, "cancel_orders", now=now)


@pytest.mark.row("A11", "B12")
def test_one_key_is_revoked_by_its_name(ledger: LedgerGateway, now: datetime) -> None:
    ana = loaded(now=now)
    press(ana, "revoke_keys", "k-1", now=now)
    left = [getattr(item, "key_id", "") for item in picture(ana, ledger, now).areas[Area.API_KEYS]]
    assert left == ["k-2"]
    with pytest.raises(UnknownRemedy):
        look(ana, "revoke_keys", "k-9", now=now)


@pytest.mark.row("B12")
def test_only_what_the_core_refuses_every_way_out_is_given_up(now: datetime) -> None:
    ana = loaded(now=now)
    for asset in ("BTC", "USDT", "EUR", "SOL"):
        with pytest.raises((StillRemediable, NothingToClear)):
            look(ana, "give_up", asset, now=now)
    hold(ana, holdings=[spot("NOADDR", "5")])
    with pytest.raises(NothingToClear, match="whitelist"):
        look(ana, "give_up", "NOADDR", now=now)
    assert look(ana, "give_up", "XYZ", now=now).moves[0].facts["refusals"] == {
        "address_0": "below_minimum",
        "sale": "no_price",
        "conversion": "nothing_to_convert",
    }


def test_refusal_at_the_preview_says_why(now: datetime) -> None:
    ana = make_account("ana")
    hold(ana, holdings=[spot("BTC", "0.00005", "3")], addresses=[address(whitelisted=True)])
    with pytest.raises(RemedyRefused, match="less than the fee"):
        look(ana, "withdraw_crypto", now=now)
