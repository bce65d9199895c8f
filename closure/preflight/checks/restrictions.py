"""Restrictions: what each means for closing (A12, K01-K04; the table is in docs/lifecycle.md)."""

from datetime import datetime

from accounts.enums import TIPPING_OFF, RestrictionKind
from closure.enums import Area
from closure.exchange.contract import ApiKey, Referral
from closure.policy.schema import Policy
from closure.preflight.findings import finding
from closure.preflight.verdict import Finding
from closure.preflight.view import AccountView

AREA = Area.RESTRICTIONS
K = RestrictionKind
# Leaving is what an unsupported region allows.
CLOSING_ALLOWED = frozenset({K.UNSUPPORTED_REGION})


def check(view: AccountView, policy: Policy, now: datetime) -> list[Finding]:
    """Return what the restrictions mean; legal and risk holds are one neutral sentence, whichever and however many."""
    standing = view.facts.restrictions - CLOSING_ALLOWED
    codes = ["legal_hold"] if view.facts.legal_hold or standing & TIPPING_OFF else []
    codes += [kind.value for kind in (K.NEGATIVE_BALANCE, K.FRAUD_ALERT) if kind in standing]
    found = [finding(code, code, area=AREA, actionable=code == K.NEGATIVE_BALANCE) for code in codes]
    return found + (_failed_verification(view, policy) if K.FAILED_VERIFICATION in standing else [])


def _failed_verification(view: AccountView, policy: Policy) -> list[Finding]:
    """Close only if empty; never where a verified identity is required (A14)."""
    code, required = K.FAILED_VERIFICATION.value, policy.preflight.identity_verified_required
    if not required and is_empty(view):
        return []
    return [finding(code, f"{code}_always" if required else code, area=AREA, actionable=True)]


def is_empty(view: AccountView) -> bool:
    """Tell whether nothing of worth is left: no holding, position, order, loan, transfer or NFT, and all was read."""
    worthless = (ApiKey, Referral)
    items = [item for listed in view.areas.values() for item in listed if not isinstance(item, worthless)]
    return not view.unknown and not any(getattr(item, "amount", 1) for item in items)
