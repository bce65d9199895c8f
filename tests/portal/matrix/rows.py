"""A row for each thing that staff decide about, so that a refusal is of the person and not for want of something."""

from datetime import datetime
from typing import Any

from django.db.models import Model

from accounts.enums import CaseKind, Delivery, RestrictionKind
from accounts.ids import uuid7
from accounts.models import Account, Announcement, BlockedIdentity, Case, Event, OutboxMessage, Restriction
from closure.enums import ClaimOutcome, ClosureState
from closure.models import DepositClaim, HelpFeedback, Residual
from closure.retention import holds
from tests import disclosing, holding
from tests.claiming import claim_of
from tests.console import in_review
from tests.factories import make_account

OFFICER = holding.officer("omar")
Rows = dict[str, Model]


def rows_of_staff(now: datetime) -> dict[str, str]:
    """Make them, and return what stands for the parts of addresses: `route.key`, or `route[what].key` for one thing."""
    claim = claim_of("gil", now=now)
    closed, joe = Account.objects.get(pk=claim.account_id), make_account("joe")
    _propose(claim, now)
    review = in_review("hal", now=now, face_due=True, face_consent=True)
    rows = {**_requests(now), **_of_account(joe, now), **_restrictions(joe, now), **_archives(closed, now)}
    rows |= {"closure_closurerequest": review, "closure_depositclaim": claim}
    return {
        **{f"admin:{name}.key": str(row.pk) for name, row in rows.items()},
        "closed": str(closed.pk),
        "closed_case": claim.case.reference,
        "api:staff-decisions.reference": review.reference,
        "api:staff-face.reference": review.reference,
    }


def _propose(claim: DepositClaim, now: datetime) -> None:
    claim.outcome, claim.proposed_at, claim.proposed_by = ClaimOutcome.PAID, now, OFFICER.account_id
    claim.save()


def _requests(now: datetime) -> Rows:
    texts = {"en": {"title": "Planned work", "text": "On Sunday."}}
    told = Announcement.objects.create(texts=texts, starts_at=now, published_at=now, published_by=uuid7())
    failing = {"recheck": {"state": "failed"}}
    return {
        "closure_closurerequest_rearm": in_review("ian", now=now, state=ClosureState.FINALIZING, plan=failing),
        "accounts_announcement": told,
        "closure_helpfeedback": HelpFeedback.objects.create(slug="how-long", helped=1),
    }


def _of_account(account: Account, now: datetime) -> Rows:
    failed = {"state": Delivery.FAILED, "finished_at": now, "payload": b"sealed"}
    queued = {"channel": "email", "template": "status_link", "created_at": now, "due_at": now}
    residual = Residual.objects.create(account=account, asset="LUNA", amount="3", refusals={}, asked_at=now)
    return {
        "accounts_account": account,
        "accounts_case": Case.objects.create(account_id=account.pk, kind=CaseKind.DOCUMENT_NUMBER, created_at=now),
        "accounts_outboxmessage": OutboxMessage.objects.create(account_id=account.pk, **queued, **failed),
        "accounts_event": Event.objects.order_by("pk")[0],
        "closure_residual": residual,
    }


def _restrictions(account: Account, now: datetime) -> Rows:
    proposed = {"lift_proposed_at": now, "lift_proposed_by": OFFICER.account_id}
    lifting = _restriction(account, RestrictionKind.RISK_CONTROL, now, **proposed)
    by_one = {"placed_by": OFFICER.label, "placer_id": OFFICER.account_id}
    placed = _restriction(account, RestrictionKind.COMPLIANCE_REVIEW, now, **by_one)
    over = holding.place(account.pk, now=now, by="omar")
    holds.propose_lift(over.pk, reason="It is over.", actor=OFFICER, now=now)
    return {
        "accounts_restriction": _restriction(account, RestrictionKind.JUDICIAL_FREEZE, now),
        "accounts_restriction_decide[confirm]": lifting,
        "accounts_restriction_decide[drop]": lifting,
        "accounts_restriction_decide[lift]": _restriction(account, RestrictionKind.FRAUD_ALERT, now),
        "accounts_restriction_decide[second]": placed,
        "accounts_restriction_decide[release]": _restriction(account, RestrictionKind.FAILED_VERIFICATION, now),
        "retention_legalhold": holding.place(account.pk, now=now, by="omar"),
        "retention_legalhold_decide[lift]": over,
    }


def _restriction(account: Account, kind: RestrictionKind, now: datetime, **more: Any) -> Restriction:
    facts = {"placed_at": now, "placed_by": "system:tests", **more}
    return Restriction.objects.create(account=account, kind=kind, **facts)


def _archives(closed: Account, now: datetime) -> Rows:
    return {
        "accounts_blockedidentity": BlockedIdentity.objects.order_by("pk")[0],
        "retention_disclosure": disclosing.asked(closed, disclosing.PERSON, now=now, by="ola"),
        "retention_disclosure_open": disclosing.approved(closed, now=now),
    }
