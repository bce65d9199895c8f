"""What holds a request now, and what of law and risk stops closing whatever the policy says.

A legal hold of an account (closure.retention) and the restrictions of law and risk are one cause, told as one (A12).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.enums import TIPPING_OFF, RestrictionKind
from accounts.models import Restriction
from accounts.restrictions import active
from closure.enums import Area, HeldReason, Verdict
from closure.models import CheckRun, ClosureRequest
from closure.notes import warning_codes
from closure.retention import hold_queries

R = HeldReason
# What arrives by itself; the rest is something that the owner, or staff, has to clear.
ARRIVING = frozenset({Area.SPOT, Area.FUNDING, Area.FIAT, Area.WEB3, Area.NFT, Area.TRANSFERS})
# These stop closing whatever the policy says; the other kinds are the account check's matter.
STOPPING = TIPPING_OFF | {RestrictionKind.NEGATIVE_BALANCE, RestrictionKind.FRAUD_ALERT}
# How the account check names them: those of which nothing may be said by one word.
STOPPING_CODES = {"legal_hold"} | {kind.value for kind in STOPPING - TIPPING_OFF}


def _restrictions(kinds: Collection[RestrictionKind]) -> QuerySet[Restriction]:
    return Restriction.objects.filter(lifted_at=None, kind__in=sorted(kinds))


def stops(account_ids: Collection[UUID]) -> dict[UUID, set[HeldReason]]:
    """Return the causes of law and risk that stand on these accounts, by account; those without any are left out."""
    found: dict[UUID, set[HeldReason]] = defaultdict(set)
    standing = _restrictions(STOPPING).filter(account_id__in=account_ids).values_list("account_id", "kind")
    for account_id, kind in standing:
        found[account_id].add(R.LEGAL if kind in TIPPING_OFF else R.RESTRICTION)
    for account_id in (
        hold_queries.of_accounts().filter(account_id__in=account_ids).values_list("account_id", flat=True)
    ):
        found[account_id].add(R.LEGAL)
    return dict(found)


def is_held(account_id: UUID) -> bool:
    """Tell whether a legal or risk hold stands on an account, of whatever kind."""
    return R.LEGAL in stops([account_id]).get(account_id, ())


def for_owner(account_id: UUID) -> tuple[list[Restriction], bool]:
    """Return what the owner may be told by kind, and whether something stands of which nothing may be said."""
    told = [each for each in active(account_id) if each.kind not in TIPPING_OFF]
    return told, is_held(account_id)


def stopped() -> Q:
    """Return the condition of rows with an `account_id` that any such cause stands on their account."""
    return _stands(STOPPING)


def legally_held() -> Q:
    """Return the condition of rows with an `account_id` that a legal or risk hold stands on their account."""
    return _stands(TIPPING_OFF)


def held_accounts() -> Q:
    """Return the condition of accounts that a legal or risk hold stands on them."""
    restricted = _restrictions(TIPPING_OFF).values("account_id")
    return Q(pk__in=restricted) | Q(pk__in=hold_queries.of_accounts().values("account_id"))


def _stands(kinds: Collection[RestrictionKind]) -> Q:
    mine = {"account_id": OuterRef("account_id")}
    return Q(Exists(_restrictions(kinds).filter(**mine))) | Q(Exists(hold_queries.of_accounts().filter(**mine)))


def standing_causes(request: ClosureRequest) -> set[HeldReason]:
    """Return what holds a request now: its recorded causes, with those of law and risk as they really stand.

    A legal hold that is not recorded yet counts (invariant 19); one that was lifted does not (E09: never trapped).
    """
    recorded = {R(reason) for reason in request.held_reasons} - {R.LEGAL, R.RESTRICTION}
    return recorded | _stops(request)


def _stops(request: ClosureRequest) -> set[HeldReason]:
    return stops([request.account_id]).get(request.account_id, set())


def causes_of(request: ClosureRequest, run: CheckRun) -> frozenset[HeldReason]:
    """Return for what a check holds a live request: nothing when it is clear and every warning was acknowledged.

    That the core did not answer is none of them: only an hour of it is (guards.UNREACHABLE_AFTER).
    """
    causes = _stops(request)
    new_warnings = set(warning_codes(run.result)) - request.acknowledged.keys()
    blocking = [finding for finding in run.result.get("blockers", ()) if finding["verdict"] == Verdict.BLOCKED]
    blocking += [finding for finding in run.result.get("warnings", ()) if finding["code"] in new_warnings]
    # What stops closing whatever the policy says is one cause, not two, and is asked of what stands now: one that was
    # lifted since the check would hold the request as a blocker that nobody can clear.
    causes |= {_cause_of(finding) for finding in blocking if finding["code"] not in STOPPING_CODES}
    return frozenset(causes)


def _cause_of(finding: Mapping[str, Any]) -> HeldReason:
    return R.DEPOSIT if finding["area"] in ARRIVING else R.BLOCKER
