"""Accounts with something of everything, and the pressing of remedies as their owners do it."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from accounts.actors import Actor
from accounts.models import Account, Event
from accounts.verification.step_up import StepUpProof
from closure.enums import Area
from closure.exchange.contract import Holding, Snapshot
from closure.exchange.importing import holdings
from closure.exchange.importing.shape import read_record
from closure.exchange.ledger.gateway import LedgerGateway
from closure.models import RemedyRun
from closure.operations import remedy
from closure.preflight import remedies
from closure.preflight.remedies.remedy import Preview
from tests.changing import proof_of
from tests.closure.exchange.contract import address, earn, spot
from tests.factories import make_account

# What each remedy is pressed for in `loaded`, and what the core then no longer has.
PRESSES = {
    "cancel_orders": "",
    "close_positions": "",
    "convert_dust": "",
    "move_margin": "",
    "repay_loans": "",
    "redeem_earn": "",
    "remove_liquidity": "",
    "unstake": "",
    "empty_web3": "",
    "revoke_keys": "",
    "sell": "BTC",
    "withdraw_crypto": "BTC",
    "withdraw_fiat": "EUR:bank",
    "give_up": "XYZ",
    "fix": "",
}
# The call at the core of each, where it makes one.
CALLS = {
    "empty_web3": "move_web3",
    "repay_loans": "repay_loan",
    "withdraw_crypto": "withdraw",
    "withdraw_fiat": "withdraw",
    "fix": "convert_dust",
}


def hold(account: Account, **sections: list[dict[str, Any]]) -> None:
    """Put sections of the import format into an account at the core."""
    record = read_record({"email": "ana@example.test", **sections})
    holdings.replace(account.pk, record, is_new=True)


def loaded(name: str = "ana", *, now: datetime, **fields: Any) -> Account:
    """Make a customer with something for every remedy."""
    account = make_account(name, **fields)
    margin = {"area": "cross_margin", "asset": "USDT", "amount": "20", "value_usdt": "20"}
    hold(
        account,
        holdings=[
            spot("BTC", "0.5", "31250"),
            spot("SOL", "0.02", "3"),
            spot("USDT", "40", "40"),
            spot("XYZ", "0.0003"),
            {"area": "fiat", "asset": "EUR", "amount": "250", "value_usdt": "270"},
            margin,
            margin | {"area": "usdm_futures", "amount": "7", "value_usdt": "7"},
            earn("earn_flexible", "F-1", value_usdt="750"),
            earn("liquidity", "P-1", value_usdt="750"),
            earn("staking", "S-1", value_usdt="750"),
            earn("web3", "W-1", value_usdt="750"),
            earn("earn_locked", "L-1", unlocks=(now + timedelta(days=41)).isoformat(), redeemable=False),
        ],
        positions=[{"area": "options", "symbol": "BTC-C", "side": "long", "amount": "1", "value_usdt": "310"}],
        orders=[{"area": "orders", "kind": "limit", "symbol": "SOL/USDT", "side": "buy", "amount": "0.05"}],
        loans=[{"area": "cross_margin", "asset": "USDT", "amount": "12.5"}],
        api_keys=[{"key_id": "k-1", "label": "bot"}, {"key_id": "k-2"}],
        addresses=[
            address(whitelisted=True, label="cold"),
            address(asset="XYZ", network="XYZ", address="xyz1", whitelisted=True),
            address(asset="BTC", address="bc1qother", label="new"),
        ],
    )
    return account


def item_of(account: Account, code: str, ledger: LedgerGateway) -> str:
    """Return what a remedy of `loaded` is pressed for: the key of an address, or as PRESSES has it."""
    if code != "withdraw_crypto":
        return PRESSES[code]
    return next(each.address_id for each in ledger.addresses(account.pk) if each.label == "cold")


def look(account: Account, code: str, item: str = "", *, now: datetime) -> Preview:
    """Return what a remedy would do; fails where a choice is open."""
    shown = remedy.look(account, code, item, actor=Actor.customer(account), now=now).preview
    assert shown is not None, code
    return shown


def proof_for(account: Account, code: str, shown: Preview, *, now: datetime) -> StepUpProof | None:
    """Return the fresh second factor that a remedy asks for, None where it asks for none."""
    purpose = remedies.find(code).purpose
    return None if purpose is None else proof_of(account, purpose, *remedy.subject(shown), now=now)


def press(
    account: Account, code: str, item: str = "", *, now: datetime, key: str = "", shown: Preview | None = None
) -> RemedyRun:
    """Look at a remedy, verify where it asks, and do it."""
    seen = shown or look(account, code, item, now=now)
    return confirm(account, seen, key=key, now=now, proof=proof_for(account, code, seen, now=now))


def confirm(
    account: Account, shown: Preview, *, now: datetime, key: str = "", proof: StepUpProof | None = None
) -> RemedyRun:
    """Do what was shown."""
    return remedy.carry_out(
        account,
        shown.code.value,
        shown.item,
        confirmed=shown.digest,
        key=key or uuid.uuid4().hex,
        name=shown.item,
        proof=proof,
        actor=Actor.customer(account),
        now=now,
    )


def picture(account: Account, ledger: LedgerGateway, now: datetime) -> Snapshot:
    """Return everything that the core has, to compare."""
    return ledger.snapshot(account.pk, now=now)


def held(snapshot: Snapshot, area: Area = Area.SPOT) -> dict[str, str]:
    """Return the amounts of an area by asset."""
    return {item.asset: item.text for item in snapshot.areas[area] if isinstance(item, Holding)}


def events(account: Account) -> list[str]:
    """Return what the journal says of remedies, oldest first."""
    told = Event.objects.filter(account_id=account.pk, action__regex=r"^(remedy|residual)\.")
    return list(told.order_by("id").values_list("action", flat=True))
