"""Which remedy a finding offers, by its wording; the page of the remedy leads on to others (B12)."""

from collections.abc import Mapping
from dataclasses import replace

from closure.enums import Area, RemedyCode, Verdict
from closure.preflight.verdict import Finding

C = RemedyCode
BY_WORDING: Mapping[str, RemedyCode] = {
    "orders": C.CANCEL_ORDERS,
    "position": C.CLOSE_POSITIONS,
    "dust": C.CONVERT_DUST,
    "dust_above": C.CONVERT_DUST,
    "margin": C.MOVE_MARGIN,
    "collateral": C.MOVE_MARGIN,
    "loan": C.REPAY_LOANS,
    "earn": C.REDEEM_EARN,
    "early": C.REDEEM_EARN,
    "liquidity": C.REMOVE_LIQUIDITY,
    "staking": C.UNSTAKE,
    "unstake": C.UNSTAKE,
    "web3": C.EMPTY_WEB3,
    "keys_left": C.REVOKE_KEYS,
    "keys_revoked": C.REVOKE_KEYS,
    "spot": C.WITHDRAW_CRYPTO,
    "funding": C.WITHDRAW_CRYPTO,
    "fiat": C.WITHDRAW_FIAT,
}
# What nobody can release yet, whatever its wording.
ENDLESS = "no_end"


def with_remedy(finding: Finding) -> Finding:
    """Return the finding with the code of its remedy, where there is one."""
    code = BY_WORDING.get(finding.wording)
    if code is None or finding.verdict is Verdict.UNKNOWN or finding.params.get("condition") == ENDLESS:
        return finding
    if code is C.CONVERT_DUST and finding.area is Area.FIAT:
        code = C.WITHDRAW_FIAT
    return replace(finding, remedy=code.value)
