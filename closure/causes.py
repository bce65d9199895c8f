"""What holds a request now, and which restrictions stop closing whatever the policy says."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from accounts.enums import RestrictionKind
from accounts.models import Restriction
from accounts.restrictions import TIPPING_OFF
from closure.enums import Area, HeldReason, Verdict
from closure.models import CheckRun, ClosureRequest
from closure.notes import warning_codes

R = HeldReason
# What arrives by itself; the rest is something that the owner, or staff, has to clear.
ARRIVING = frozenset({Area.SPOT, Area.FUNDING, Area.FIAT, Area.WEB3, Area.NFT, Area.TRANSFERS})
# These stop closing whatever the policy says; the other kinds are the account check's matter.
STOPPING = TIPPING_OFF | {RestrictionKind.NEGATIVE_BALANCE, RestrictionKind.FRAUD_ALERT}


def restricted(account_id: UUID) -> set[RestrictionKind]:
    """Return the kinds of restriction that stand on an account."""
    kinds = Restriction.objects.filter(account_id=account_id, lifted_at=None).values_list("kind", flat=True)
    return {RestrictionKind(kind) for kind in kinds}


def standing_causes(request: ClosureRequest) -> set[HeldReason]:
    """Return what holds a request now: its recorded causes, with those of restrictions as they really stand.

    A legal hold that is not recorded yet counts (invariant 19); one that was lifted does not (E09: never trapped).
    """
    kinds = restricted(request.account_id)
    causes = {R(reason) for reason in request.held_reasons} - {R.LEGAL, R.RESTRICTION}
    if kinds & TIPPING_OFF:
        causes.add(R.LEGAL)
    if kinds & (STOPPING - TIPPING_OFF):
        causes.add(R.RESTRICTION)
    return causes


def causes_of(request: ClosureRequest, run: CheckRun) -> frozenset[HeldReason]:
    """Return for what a check holds a live request: nothing when it is clear and every warning was acknowledged.

    That the core did not answer is none of them: only an hour of it is (guards.UNREACHABLE_AFTER).
    """
    kinds = restricted(request.account_id)
    causes = {R.LEGAL} if kinds & TIPPING_OFF else set[HeldReason]()
    if kinds & (STOPPING - TIPPING_OFF):
        causes.add(R.RESTRICTION)
    new_warnings = set(warning_codes(run.result)) - request.acknowledged.keys()
    blocking = [finding for finding in run.result.get("blockers", ()) if finding["verdict"] == Verdict.BLOCKED]
    blocking += [finding for finding in run.result.get("warnings", ()) if finding["code"] in new_warnings]
    if causes:
        # The restriction is the check's finding too; it is one cause, not two.
        blocking = [finding for finding in blocking if finding["area"] != Area.RESTRICTIONS]
    causes |= {_cause_of(finding) for finding in blocking}
    return frozenset(causes)


def _cause_of(finding: Mapping[str, Any]) -> HeldReason:
    return R.DEPOSIT if finding["area"] in ARRIVING else R.BLOCKER
