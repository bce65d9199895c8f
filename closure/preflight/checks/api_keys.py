"""API keys: deleted by the customer first, or revoked at submission, as the policy says (A11)."""

from datetime import datetime

from closure.enums import Area, Verdict
from closure.exchange.contract import ApiKey
from closure.policy.schema import ApiKeys, Policy
from closure.preflight.findings import finding
from closure.preflight.verdict import Finding
from closure.preflight.view import AccountView

AREA = Area.API_KEYS


def check(view: AccountView, policy: Policy, now: datetime) -> list[Finding]:
    """Return the keys: a blocker while they must be deleted first, a warning where submission revokes them."""
    keys = view.items(AREA, ApiKey)
    if not keys:
        return []
    if policy.preflight.api_keys is ApiKeys.DELETED_FIRST:
        return [finding("api_keys_left", "keys_left", area=AREA, found=keys, clears_at=now, actionable=True)]
    warning = Verdict.WARNING
    return [finding("api_keys_revoked", "keys_revoked", area=AREA, verdict=warning, found=keys, actionable=True)]
