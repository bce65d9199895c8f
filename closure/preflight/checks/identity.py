"""Identity: verified where the policy asks (A14); an expired document or a due refresh counts as verified (A15)."""

from datetime import datetime

from accounts.enums import IdentityStatus
from closure.enums import Area
from closure.policy.schema import Policy
from closure.preflight.findings import finding
from closure.preflight.verdict import Finding
from closure.preflight.view import AccountView

AREA = Area.IDENTITY
COUNTS_AS_VERIFIED = frozenset({IdentityStatus.VERIFIED, IdentityStatus.REFRESH_DUE})


def check(view: AccountView, policy: Policy, now: datetime) -> list[Finding]:
    """Return a blocker where a verified identity is required and missing; documents' dates are never looked at."""
    status = view.facts.identity_status
    if not policy.preflight.identity_verified_required or status in COUNTS_AS_VERIFIED:
        return []
    if status is IdentityStatus.PENDING:
        return [finding("identity_pending", "identity_pending", area=AREA)]
    return [finding("identity_not_verified", "identity", area=AREA, actionable=True)]
