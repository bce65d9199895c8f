"""Second factor: on and working; an e-mail code alone is none (A13). What the policy asks for must be there too."""

from collections.abc import Iterable
from datetime import datetime

from accounts.enums import SECOND_FACTORS, FactorKind
from closure.enums import Area
from closure.policy.schema import Policy
from closure.preflight.findings import finding
from closure.preflight.verdict import Finding
from closure.preflight.view import AccountView
from closure.verification import code_groups

AREA = Area.SECOND_FACTOR


def check(view: AccountView, policy: Policy, now: datetime) -> list[Finding]:
    """Return what is missing, so that nobody is let run into a verification they cannot finish (D01)."""
    confirmed = view.facts.factors & policy.verification.accepted
    if not view.facts.factors & SECOND_FACTORS:
        return [_missing("second_factor", "second_factor", {}, now)]
    unmet = [group for group in code_groups(policy, confirmed) if not group & confirmed]
    if not unmet and not confirmed & SECOND_FACTORS:
        unmet = [policy.verification.accepted & SECOND_FACTORS]
    if unmet:
        return [
            _missing(f"factor_missing_{_join(each, '_')}", "factor", {"any_kinds": _join(each)}, now) for each in unmet
        ]
    if len(confirmed) < policy.verification.needed:
        params = {"needed": str(policy.verification.needed), "have_kinds": _join(confirmed)}
        return [_missing("factors_too_few", "factors", params, now)]
    return []


def _missing(code: str, wording: str, params: dict[str, str], now: datetime) -> Finding:
    return finding(code, wording, area=AREA, params=params, clears_at=now, actionable=True)


def _join(kinds: Iterable[FactorKind], separator: str = ",") -> str:
    return separator.join(sorted(kind.value for kind in kinds))
