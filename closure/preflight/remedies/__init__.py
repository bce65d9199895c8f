"""One remedy a file, and all of them in this list: what is not here does not exist (B12)."""

from collections.abc import Mapping

from closure.exceptions import UnknownRemedy
from closure.preflight.remedies import (
    cancel_orders,
    close_positions,
    convert_dust,
    empty_web3,
    fix,
    give_up,
    move_margin,
    redeem_earn,
    remove_liquidity,
    repay_loans,
    revoke_keys,
    sell,
    unstake,
    withdraw_crypto,
    withdraw_fiat,
)
from closure.preflight.remedies.remedy import Remedy

REMEDIES: tuple[Remedy, ...] = (
    fix.REMEDY,
    cancel_orders.REMEDY,
    close_positions.REMEDY,
    convert_dust.REMEDY,
    move_margin.REMEDY,
    repay_loans.REMEDY,
    redeem_earn.REMEDY,
    remove_liquidity.REMEDY,
    unstake.REMEDY,
    empty_web3.REMEDY,
    revoke_keys.REMEDY,
    sell.REMEDY,
    withdraw_crypto.REMEDY,
    withdraw_fiat.REMEDY,
    give_up.REMEDY,
)
_BY_CODE: Mapping[str, Remedy] = {remedy.code.value: remedy for remedy in REMEDIES}
# What one press does together: a card that offers one of these is among "what we can fix".
SAFE = frozenset(module.CODE for module in fix.SAFE)


def find(code: str) -> Remedy:
    """Return the remedy of this code; raises UnknownRemedy."""
    remedy = _BY_CODE.get(code)
    if remedy is None:
        raise UnknownRemedy
    return remedy


__all__ = ["REMEDIES", "SAFE", "Remedy", "find"]
