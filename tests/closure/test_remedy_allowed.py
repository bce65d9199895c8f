"""Who may clear an account, and what a session alone may not (D07, J03, A18, B12)."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from accounts import withdrawal_release
from accounts.actors import Actor
from accounts.enums import AccountStatus, RestrictionKind
from accounts.exceptions import NotAllowed, ProofRefused
from accounts.models import Account
from accounts.restrictions import place
from closure.enums import Needs, RemedyState
from closure.exchange.ledger.gateway import LedgerGateway
from closure.models import RemedyRun
from closure.operations import remedy
from closure.preflight import remedies
from tests.closure.clearing import (
    confirm,
    hold,
    item_of,
    loaded,
    look,
    picture,
    press,
    proof_for,
)
from tests.closure.exchange.contract import address, spot
from tests.factories import make_account, make_staff

pytestmark = pytest.mark.django_db


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


@pytest.mark.row("K04")
def test_staff_release_lets_a_failed_verification_withdraw_and_nothing_else(now: datetime) -> None:
    ana, sam = loaded(now=now), Actor.staff(make_staff("sam"))
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=ana.pk)
        placed = place(locked, RestrictionKind.FAILED_VERIFICATION, actor=Actor.core(), note="", now=now)
    until = withdrawal_release.release_withdrawals(placed.pk, actor=sam, reason="Checked.", now=now).withdrawals_until
    assert until is not None
    assert press(ana, "withdraw_fiat", "EUR:bank", now=now).state == RemedyState.DONE
    for code, item, at in (("sell", "BTC", now), ("withdraw_crypto", "", until)):
        with pytest.raises(NotAllowed):
            look(ana, code, item, now=at)
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=ana.pk)
        place(locked, RestrictionKind.FRAUD_ALERT, actor=Actor.core(), note="", now=now)
    with pytest.raises(NotAllowed):
        look(ana, "withdraw_crypto", now=now)


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
