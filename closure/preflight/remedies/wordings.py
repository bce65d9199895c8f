"""What remedies say: lines of what would happen or did, and why a core refuses, in plain words."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from closure.enums import Area
from closure.preflight.words import readable

Text = str | Promise
AREA = "area"


class Line(NamedTuple):
    """A code of LINES and what fills it in, so that a stored line is read in the reader's language."""

    code: str
    params: Mapping[str, str] = {}


LINES: Mapping[str, Text] = {
    "cancel_orders": gettext_lazy("Cancel every open order (%(count)s): %(what)s."),
    "close_positions": gettext_lazy(
        "Close every position in %(area)s at the market price: %(what)s. "
        "Gains, losses and the trading fee go to your balance there."
    ),
    "convert_dust": gettext_lazy("Convert %(what)s to %(asset)s."),
    "move_margin": gettext_lazy("Move %(amount)s %(asset)s from %(area)s to your spot wallet."),
    "move_web3": gettext_lazy("Move %(amount)s %(asset)s from the Web3 wallet to your spot wallet."),
    "redeem": gettext_lazy("Redeem %(amount)s %(asset)s from %(area)s to your spot wallet."),
    "redeem_early": gettext_lazy(
        "Redeem %(amount)s %(asset)s from %(area)s before its end on %(until_day)s. You may lose interest."
    ),
    "remove_liquidity": gettext_lazy("Take %(amount)s %(asset)s out of its pool, to your spot wallet."),
    "unstake": gettext_lazy("Unstake %(amount)s %(asset)s. It reaches your spot wallet on %(until_day)s."),
    "unstake_undated": gettext_lazy("Unstake %(amount)s %(asset)s. The network says then how long it takes."),
    "repay_loan": gettext_lazy("Repay %(amount)s %(asset)s in %(area)s from the same asset."),
    "revoke_keys": gettext_lazy("Revoke these API keys: %(what)s. They never work again."),
    "sell": gettext_lazy("Sell %(amount)s %(asset)s for %(to_asset)s."),
    "withdraw_crypto": gettext_lazy("Send %(amount)s %(asset)s to %(label)s: %(address)s (%(network)s)."),
    "withdraw_fiat": gettext_lazy("Send %(amount)s %(asset)s by %(method)s."),
    "give_up": gettext_lazy("Give up %(amount)s %(asset)s. It stays behind when your account closes."),
    # Notes beside them.
    "short": gettext_lazy("Not enough %(asset)s to repay %(owed)s %(asset)s in %(area)s: %(missing)s are missing."),
    "position_first": gettext_lazy("%(area)s: close your positions there first."),
    "loan_first": gettext_lazy("%(area)s: repay your loan there first."),
    "cap": gettext_lazy("Your limit is %(cap)s BTC in 24 hours, so %(left)s %(asset)s stay for another day."),
    "cap_unpriced": gettext_lazy("We have no price for %(asset)s, so this uses your limit of 24 hours."),
    "staff_confirm": gettext_lazy("Our staff confirm it first. Until your account closes you can take it back."),
    "never_income": gettext_lazy("It is listed on your receipt, stays tied to you, and is never our income."),
    # Choices.
    "choose_sale": gettext_lazy("%(amount)s %(asset)s"),
    "choose_address": gettext_lazy("%(amount)s %(asset)s to %(label)s: %(address)s (%(network)s)"),
    "choose_method": gettext_lazy("%(amount)s %(asset)s by %(method)s"),
}

# Why a core says no for sure: nothing moved. Any other reason leaves open what happened.
REFUSALS: Mapping[str, Text] = {
    "above_cap": gettext_lazy("This is more than your daily limit lets leave now."),
    "already_unstaking": gettext_lazy("It is being unstaked already."),
    "bad_amount": gettext_lazy("The exchange does not take this amount."),
    "below_minimum": gettext_lazy("It is less than the fee, or than the least that the exchange moves."),
    "closed": gettext_lazy("The account is closed at the exchange."),
    "frozen": gettext_lazy("Trading and withdrawals are stopped for this account."),
    "insufficient": gettext_lazy("There is not enough of it."),
    "loan_open": gettext_lazy("A loan needs it. Repay the loan first."),
    "locked": gettext_lazy("It is locked and cannot be redeemed yet."),
    "no_price": gettext_lazy("The exchange has no price for it."),
    "not_whitelisted": gettext_lazy("Your whitelist is on, and this address is not on it."),
    "nothing_to_convert": gettext_lazy("There is nothing to convert."),
    "position_open": gettext_lazy("An open position needs it. Close the position first."),
    "quote_changed": gettext_lazy("The figures changed meanwhile. Look at the new ones."),
    "quote_expired": gettext_lazy("The offer ran out. Look at the new one."),
    "unknown_address": gettext_lazy("The exchange does not know this address any more."),
    "unknown_holding": gettext_lazy("It is not there any more."),
    "unknown_key": gettext_lazy("The key is not there any more."),
    "unknown_loan": gettext_lazy("There is no such loan any more."),
    "unknown_position": gettext_lazy("There is no such position any more."),
    "wrong_method": gettext_lazy("It cannot be sent this way."),
}


def say(line: Line) -> str:
    """Return a line in the reader's language; `area` is named, parameters ending in `_at` are times."""
    params = {name: readable(name, value) for name, value in line.params.items()}
    if AREA in params:
        params[AREA] = str(Area(params[AREA]).label)
    return str(LINES[line.code]) % params


def refusal(reason: str) -> str:
    """Return why a core refused."""
    return str(REFUSALS.get(reason, _("The exchange refused it.")))
