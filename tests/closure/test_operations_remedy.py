"""Remedies: shown exactly, done once, refused to whoever may not (B01-B06, B12)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from accounts.actors import Actor
from accounts.enums import AccountStatus, RestrictionKind
from accounts.exceptions import NotAllowed, ProofRefused
from accounts.idempotency import KeyReused
from accounts.models import Account
from accounts.restrictions import place
from closure.enums import Area, Needs, RemedyState
from closure.exceptions import NothingToClear, PreviewChanged, RemedyRefused, StillRemediable, UnknownRemedy, WrongName
from closure.exchange.contract import Order, Transfer
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.models import LedgerAddress, LedgerHolding
from closure.models import RemedyRun, Residual
from closure.operations import remedy
from closure.preflight import remedies
from closure.preflight.remedies.wordings import say
from tests.closure.clearing import (
    PRESSES,
    confirm,
    events,
    held,
    hold,
    item_of,
    loaded,
    look,
    picture,
    press,
    proof_for,
)
from tests.closure.exchange.contract import address, earn, spot
from tests.factories import make_account, make_staff

pytestmark = pytest.mark.django_db
Advance = Callable[..., datetime]


def test_presses_cover_every_remedy() -> None:
    assert sorted(PRESSES) == sorted(each.code.value for each in remedies.REMEDIES)


@pytest.mark.row("B12")
@pytest.mark.parametrize("code", PRESSES)
def test_remedy_twice_with_one_key_acts_once(code: str, ledger: LedgerGateway, now: datetime) -> None:
    ana = loaded(now=now)
    before = picture(ana, ledger, now)
    shown = look(ana, code, item_of(ana, code, ledger), now=now)
    assert picture(ana, ledger, now) == before
    first = press(ana, code, now=now, key="k", shown=shown)
    after = picture(ana, ledger, now)
    again = confirm(ana, shown, now=now, key="k")
    assert (first.state, again.pk, picture(ana, ledger, now)) == (RemedyState.DONE, first.pk, after)
    assert after != before or code == "give_up"
    given = ["residual.asked"] if code == "give_up" else []
    assert events(ana) == ["remedy.confirmed", *given, "remedy.done"]


@pytest.mark.row("B12")
@pytest.mark.parametrize("code", PRESSES)
def test_remedy_changed_since_it_was_shown_does_nothing(code: str, ledger: LedgerGateway, now: datetime) -> None:
    ana = loaded(now=now)
    shown = look(ana, code, item_of(ana, code, ledger), now=now)
    other = replace(shown, receives=None, moves=shown.moves[:-1])
    before = picture(ana, ledger, now)
    with pytest.raises(PreviewChanged) as changed:
        confirm(ana, other, now=now)
    assert changed.value.preview.digest == shown.digest
    assert (picture(ana, ledger, now), RemedyRun.objects.count(), events(ana)) == (before, 0, [])


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


@pytest.mark.row("B02")
def test_dust_that_moved_since_is_shown_anew(ledger: LedgerGateway, now: datetime) -> None:
    ana = loaded(now=now)
    shown = look(ana, "convert_dust", now=now)
    LedgerHolding.objects.filter(account_id=ana.pk, asset="SOL").update(amount="0.03", value_usdt="4.5")
    with pytest.raises(PreviewChanged) as changed:
        confirm(ana, shown, now=now)
    assert "0.03 SOL" in say(changed.value.preview.moves[0].line)


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
            earn("earn_locked", "ended", unlocks=(now - timedelta(days=1)).isoformat(), redeemable=False),
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


@pytest.mark.row("B12")
def test_fix_reports_each_result_where_one_is_refused(ledger: LedgerGateway, now: datetime) -> None:
    ana = loaded(now=now)
    shown = look(ana, "fix", now=now)
    ledger.redeem_earn(ana.pk, external_id="F-1", key="elsewhere")
    with pytest.raises(PreviewChanged):
        confirm(ana, shown, now=now)


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


GUARDED = [each.code.value for each in remedies.REMEDIES if each.purpose is not None]


@pytest.mark.row("D07", "J03")
def test_what_sends_sells_or_takes_away_is_guarded() -> None:
    assert GUARDED == ["close_positions", "revoke_keys", "sell", "withdraw_crypto", "withdraw_fiat"]
    moving = {each.code.value for each in remedies.REMEDIES if each.needs is Needs.WITHDRAW}
    assert moving <= set(GUARDED)


@pytest.mark.row("D07", "J03")
@pytest.mark.parametrize("code", GUARDED)
def test_session_alone_moves_nothing(code: str, ledger: LedgerGateway, now: datetime) -> None:
    ana = loaded(now=now)
    shown = look(ana, code, item_of(ana, code, ledger), now=now)
    before = picture(ana, ledger, now)
    with pytest.raises(ProofRefused):
        confirm(ana, shown, now=now)
    assert (picture(ana, ledger, now), RemedyRun.objects.count()) == (before, 0)


@pytest.mark.row("D07")
def test_verification_for_one_action_authorizes_no_other_and_once(ledger: LedgerGateway, now: datetime) -> None:
    ana = loaded(now=now)
    hold(make_account("ben"), holdings=[spot("BTC", "1")])
    sale, fiat = look(ana, "sell", "BTC", now=now), look(ana, "withdraw_fiat", "EUR:bank", now=now)
    proof = proof_for(ana, "withdraw_fiat", fiat, now=now)
    with pytest.raises(ProofRefused):
        confirm(ana, sale, now=now, proof=proof)
    swift = look(ana, "withdraw_fiat", "EUR:swift", now=now)
    with pytest.raises(ProofRefused):
        confirm(ana, swift, now=now, proof=proof)
    confirm(ana, fiat, now=now, proof=proof)
    hold(ana, holdings=[{"area": "fiat", "asset": "EUR", "amount": "250", "value_usdt": "270"}])
    again = look(ana, "withdraw_fiat", "EUR:bank", now=now)
    with pytest.raises(ProofRefused):
        confirm(ana, again, now=now, proof=proof)


@pytest.mark.row("D07", "A13")
def test_mailed_code_moves_no_money(now: datetime) -> None:
    ana = make_account("ana", totp=False, phone=None)
    hold(ana, holdings=[spot("BTC", "1", "62500")], addresses=[address(whitelisted=True)])
    shown = look(ana, "sell", "BTC", now=now)
    proof = proof_for(ana, "sell", shown, now=now)
    with pytest.raises(ProofRefused):
        confirm(ana, shown, now=now, proof=proof)


def test_key_of_another_confirmation_is_refused(now: datetime) -> None:
    ana = loaded(now=now)
    press(ana, "cancel_orders", now=now, key="k")
    with pytest.raises(KeyReused):
        press(ana, "unstake", now=now, key="k")
    # Somebody else's key is their own.
    assert press(loaded("ben", now=now), "unstake", now=now, key="k").state == RemedyState.DONE


STOPPED = {
    RestrictionKind.UNSUPPORTED_REGION: {Needs.TRADE},
    RestrictionKind.FAILED_VERIFICATION: {Needs.TRADE, Needs.WITHDRAW},
}


@pytest.mark.row("B12")
def test_needs_of_each_remedy() -> None:
    found = {needs: {each.code.value for each in remedies.REMEDIES if each.needs is needs} for needs in Needs}
    assert found.pop(Needs.UNWIND) >= {"cancel_orders", "move_margin", "repay_loans", "redeem_earn", "unstake"}
    assert found == {
        Needs.NOTHING: {"revoke_keys"},
        Needs.TRADE: {"fix", "close_positions", "convert_dust", "sell"},
        Needs.WITHDRAW: {"withdraw_crypto", "withdraw_fiat"},
    }


@pytest.mark.row("B12")
@pytest.mark.parametrize("kind", list(RestrictionKind))
@pytest.mark.parametrize("code", ["cancel_orders", "revoke_keys", "sell", "withdraw_fiat"])
def test_restrictions_stop_what_their_table_says(
    code: str, kind: RestrictionKind, ledger: LedgerGateway, now: datetime
) -> None:
    ana, item, needs = loaded(now=now), "", remedies.find(code).needs
    item = item_of(ana, code, ledger)
    shown = look(ana, code, item, now=now)
    proof = proof_for(ana, code, shown, now=now)
    with transaction.atomic():
        place(Account.objects.select_for_update().get(pk=ana.pk), kind, actor=Actor.core(), note="", now=now)
    before = picture(ana, ledger, now)
    if needs not in STOPPED.get(kind, {Needs.UNWIND, Needs.TRADE, Needs.WITHDRAW}):
        assert confirm(ana, shown, now=now, proof=proof).state == RemedyState.DONE
        return
    with pytest.raises(NotAllowed) as refused:
        confirm(ana, shown, now=now, proof=proof)
    neutral = {RestrictionKind.NEGATIVE_BALANCE, RestrictionKind.FRAUD_ALERT, *STOPPED}
    assert ("legal or risk hold" in refused.value.message) is (kind not in neutral)
    assert (picture(ana, ledger, now), RemedyRun.objects.count()) == (before, 0)


@pytest.mark.parametrize("status", [AccountStatus.FROZEN, AccountStatus.DISABLED, AccountStatus.CLOSED])
def test_account_that_is_not_open_is_refused(status: AccountStatus, now: datetime) -> None:
    ana = loaded(now=now, status=status)
    with pytest.raises(NotAllowed) as refused:
        look(ana, "cancel_orders", now=now)
    assert refused.value.code == "account_not_open"


@pytest.mark.row("A18")
def test_staff_and_strangers_are_refused(now: datetime) -> None:
    ana, sam = loaded(now=now), make_staff("sam")
    for account, actor in ((sam, Actor.customer(sam)), (ana, Actor.customer(sam)), (ana, Actor.staff(sam))):
        with pytest.raises(NotAllowed):
            remedy.look(account, "cancel_orders", "", actor=actor, now=now)


@pytest.mark.row("J03")
def test_withdrawals_held_after_a_reset_are_refused_with_the_hour(now: datetime) -> None:
    until = now.replace(minute=5) + timedelta(hours=30)
    ana = loaded(now=now, withdrawals_held_until=until)
    with pytest.raises(NotAllowed, match=f"{until.day} .*{until:%H}:05 UTC") as refused:
        look(ana, "withdraw_fiat", "EUR:bank", now=now)
    assert refused.value.code == "withdrawals_held"
    assert press(ana, "sell", "BTC", now=now).state == RemedyState.DONE
    assert look(ana, "withdraw_fiat", "EUR:bank", now=until).moves


@pytest.mark.row("B12")
def test_core_that_knows_better_refuses_and_nothing_moves(ledger: LedgerGateway, now: datetime) -> None:
    ana = loaded(now=now)
    shown = look(ana, "sell", "BTC", now=now)
    proof = proof_for(ana, "sell", shown, now=now)
    ledger.freeze(ana.pk, key="risk")
    before = picture(ana, ledger, now)
    run = confirm(ana, shown, now=now, proof=proof)
    assert (run.state, run.moves[0]["reason"], picture(ana, ledger, now)) == (RemedyState.REFUSED, "frozen", before)
    assert events(ana) == ["remedy.confirmed", "remedy.refused"]


@pytest.mark.row("B12")
def test_giving_up_needs_the_exact_name(now: datetime) -> None:
    ana = loaded(now=now)
    shown = look(ana, "give_up", "XYZ", now=now)
    for typed in ("", "xyz", "BTC"):
        with pytest.raises(WrongName):
            remedy.carry_out(
                ana, "give_up", "XYZ", confirmed=shown.digest, key="k", name=typed, actor=Actor.customer(ana), now=now
            )
    assert Residual.objects.count() == 0


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


def test_unknown_remedy(now: datetime) -> None:
    with pytest.raises(UnknownRemedy):
        look(loaded(now=now), "erase", now=now)
