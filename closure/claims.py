"""What the core reports of deposits: what arrived after deposits were locked opens a claim, once (F08).

The core says whether it credited. What it credited holds an open request by the account check, as ever. What it did
not is owed to whom the account belonged to: the claim knows them by the opaque key that the sealed archive has, and
never by an address, so whoever uses the same address later has no part in it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from accounts import cases, settlement
from accounts.actors import Actor
from accounts.enums import AccountStatus, CaseKind
from accounts.journal import record
from accounts.models import Account
from closure.effects import EffectKind
from closure.enums import CoreEventKind
from closure.models import DepositClaim, Effect
from closure.models.deposit_claim import AMOUNT_LENGTH, ASSET_LENGTH
from closure.retention.enums import ExtensionReason
from closure.retention.extensions import open_extension

OPENED = "claim.opened"
CLAIMS = Actor.system("claims")


@dataclass(frozen=True, kw_only=True)
class Report:
    """One deposit as the core tells it; `event_id` is the core's own and the same however often it is told."""

    event_id: str
    kind: CoreEventKind
    account_id: UUID
    asset: str
    amount: str
    at: datetime


class Taken(StrEnum):
    """What became of a report."""

    CLAIMED = "claimed"
    KNOWN = "known"
    CREDITED = "credited"  # by the core itself: there is nothing to claim
    UNKNOWN_ACCOUNT = "unknown_account"
    CONTRADICTED = "contradicted"  # the same event told something else before


def take(report: Report, *, now: datetime) -> Taken:
    """Open a claim for a late deposit, with its case and the extension of the archive; each event opens one at most.

    An account whose deposits we never asked to lock takes them in: the core credits it, whatever the report says.
    """
    if report.kind is CoreEventKind.DEPOSIT:
        # It may have settled a negative balance, which the next sweep asks about (K01).
        settlement.ask_soon(report.account_id)
        return Taken.CREDITED
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(pk=report.account_id).first()
        if account is None:
            return Taken.UNKNOWN_ACCOUNT
        known = DepositClaim.objects.filter(event_id=report.event_id).first()
        if known is not None:
            return Taken.KNOWN if _is_same(known, report) else Taken.CONTRADICTED
        if not _was_locked(account):
            return Taken.CREDITED
        _open(account, report, now=now)
    return Taken.CLAIMED


def _is_same(claim: DepositClaim, report: Report) -> bool:
    told = (report.account_id, report.asset[:ASSET_LENGTH], report.amount[:AMOUNT_LENGTH])
    return (claim.account_id, claim.asset, claim.amount) == told


def _was_locked(account: Account) -> bool:
    """Tell whether deposits of an account were ever to be locked: by a plan that came so far, or by its end."""
    wanted = Effect.objects.filter(account_id=account.pk, kind=EffectKind.LOCK_DEPOSITS)
    return account.status == AccountStatus.CLOSED or wanted.exists()


def _open(account: Account, report: Report, *, now: datetime) -> None:
    case = cases.open_by_itself(account, CaseKind.CLAIM, actor=CLAIMS, now=now)
    claim = DepositClaim.objects.create(
        account_id=account.pk,
        event_id=report.event_id,
        asset=report.asset[:ASSET_LENGTH],
        amount=report.amount[:AMOUNT_LENGTH],
        arrived_at=report.at,
        opened_at=now,
        case=case,
    )
    open_extension(account.pk, ExtensionReason.CLAIM, reference_id=claim.pk, now=now)
    told = {"claim": str(claim.pk), "case": case.reference, "event": report.event_id}
    record(OPENED, actor=CLAIMS, at=now, account=account, data=told)
