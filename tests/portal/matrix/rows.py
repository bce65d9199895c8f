"""A row for each thing that staff decide about, so that a refusal is of the person and not for want of something."""

from datetime import datetime
from uuid import UUID

from django.db.models import Model

from accounts import block_review, placing
from accounts.actors import Actor
from accounts.enums import CaseKind, Delivery, MatterKind, RestrictionKind
from accounts.ids import uuid7
from accounts.lifting import propose as propose_lift
from accounts.messages import payload
from accounts.messages.payload import Payload
from accounts.models import (
    Account,
    Announcement,
    BlockedIdentity,
    Case,
    DormancyNotice,
    Event,
    OutboxMessage,
    Restriction,
)
from closure.enums import ClaimOutcome, ClosureState, EffectState, ReactivationState
from closure.mails import CONFIRMATION
from closure.models import Effect, HelpFeedback, Reactivation, Residual
from closure.operations import readmit
from closure.operations.claims import propose_settlement
from closure.operations.review import approve
from closure.reactivation.mails import SUBMITTED
from closure.retention import holds
from closure.retention.disclosures import APPROVERS
from tests import disclosing, holding, recovering
from tests.claiming import claim_of
from tests.closure.evidencing import kept, open_case
from tests.closure.locked import locked_out
from tests.closure.reactivating import disabled, make_reactivation
from tests.closure.reactivation_pages import handed_in
from tests.console import in_review
from tests.factories import make_account
from tests.settling import begin, restrict

Rows = dict[str, Model]


def rows_of_staff(proposer: Account, now: datetime) -> dict[str, str]:
    """Make them, and return what stands for the parts of addresses: `route.key`, or `route[what].key` for one thing.

    What waits for a second person was proposed by `proposer`, who has the roles to be that person elsewhere.
    """
    pia, claim = Actor.staff(proposer), claim_of("gil", now=now)
    closed, joe = Account.objects.get(pk=claim.account_id), make_account("joe")
    propose_settlement(claim.pk, ClaimOutcome.PAID, reason="Hers.", actor=pia, now=now)
    review = in_review("hal", now=now, face_due=True, face_consent=True)
    second = approve(in_review("kim", now=now, four_eyes=True).pk, actor=pia, reason="Clear.", seen_version=0, now=now)
    rows = {**_requests(now), **_of_account(joe, now), **_restrictions(joe, pia, now), **_archives(closed, pia, now)}
    rows |= _recoveries(joe, pia, now)
    rows |= {"closure_readmission": readmit.propose(locked_out("zoe", now=now).pk, actor=pia, reason="Hers.", now=now)}
    waiting = handed_in("nat", now=now)
    rows |= {"closure_closurerequest": review, "closure_depositclaim": claim, **_reactivations(waiting, pia, now)}
    rows["closure_closurerequest_decide[approve_second]"] = second
    return {
        "admin:closure_closurerequest_message.message": str(_told(review.account_id, CONFIRMATION, now).pk),
        "admin:closure_reactivation_message.message": str(_told(waiting.account_id, SUBMITTED, now).pk),
        **{f"admin:{name}.key": str(row.pk) for name, row in rows.items()},
        "closed": str(closed.pk),
        "closed_case": claim.case.reference,
        "api:staff-decisions.reference": review.reference,
        "api:staff-decisions[approve_second].reference": second.reference,
        "api:staff-face.reference": review.reference,
        "api:staff-reactivation-decisions.reference": _back(now).reference,
    }


def _back(now: datetime) -> Reactivation:
    """Return what somebody handed in who wants a disabled account back."""
    return make_reactivation(disabled("lou", now=now), ReactivationState.SUBMITTED, now=now)


def _requests(now: datetime) -> Rows:
    texts = {"en": {"title": "Planned work", "text": "On Sunday."}}
    told = Announcement.objects.create(texts=texts, starts_at=now, published_at=now, published_by=uuid7())
    failing = {"recheck": {"state": "failed"}}
    return {
        "closure_closurerequest_rearm": in_review("ian", now=now, state=ClosureState.FINALIZING, plan=failing),
        "accounts_announcement": told,
        "closure_helpfeedback": HelpFeedback.objects.create(slug="how-long", helped=1),
    }


def _reactivations(waiting: Reactivation, pia: Actor, now: datetime) -> Rows:
    """Return this one that waits, and one that waits for a second person; both stand at version 0."""
    proposed = handed_in("ned", now=now)
    Reactivation.objects.filter(pk=proposed.pk).update(proposed_by=pia.account_id, proposed_at=now)
    return {"closure_reactivation": waiting, "closure_reactivation_decide[approve_second]": proposed}


def _told(account_id: UUID, template: str, now: datetime) -> OutboxMessage:
    """Return a message about a request, or a reactivation, sent and with its words kept."""
    sent = {"state": Delivery.SENT, "finished_at": now, "created_at": now, "due_at": now}
    message = OutboxMessage(account_id=account_id, channel="email", template=template, **sent)
    words = Payload(to="hal@example.test", language="en", context={"subject": "You asked", "text": "We do it."})
    message.payload = payload.close(words, message.pk)
    message.save(force_insert=True)
    return message


def _of_account(account: Account, now: datetime) -> Rows:
    failed = {"state": Delivery.FAILED, "finished_at": now, "payload": b"sealed"}
    queued = {"channel": "email", "template": "status_link", "created_at": now, "due_at": now}
    announced = {"matter": "dormancy", "on": now.date(), "days_before": 7, "first_sent_at": now, "sent_at": now}
    residual = Residual.objects.create(account=account, asset="LUNA", amount="3", refusals={}, asked_at=now)
    return {
        "accounts_account": account,
        "accounts_case": Case.objects.create(account_id=account.pk, kind=CaseKind.DOCUMENT_NUMBER, created_at=now),
        "accounts_case_accept": _matter("lin", now),
        "accounts_case_ask": _matter("liv", now),
        "accounts_case_refuse": _matter("lux", now),
        "accounts_outboxmessage": OutboxMessage.objects.create(account_id=account.pk, **queued, **failed),
        "accounts_event": Event.objects.order_by("pk")[0],
        "accounts_dormancynotice": DormancyNotice.objects.create(account=account, **announced),
        "accounts_dormancynotice_decide[handle]": DormancyNotice.objects.create(
            account=make_account("kay", status="dormant"), **{**announced, "matter": "unclaimed"}
        ),
        "closure_evidence": kept(open_case(account, now=now), now=now),
        "closure_residual": residual,
        "closure_effect": _call(account, now),
    }


def _call(account: Account, now: datetime) -> Effect:
    """Return a call beside closures that was given up."""
    told = {"state": EffectState.PARKED, "attempts": 5, "created_at": now, "due_at": now}
    return Effect.objects.create(account_id=account.pk, kind="freeze", key=f"{account.pk}:freeze", **told)


def _matter(name: str, now: datetime) -> Case:
    """Return the case of a fraud alert, about which its owner wrote."""
    owner = make_account(name)
    restrict(owner, MatterKind.FRAUD_ALERT, now=now)
    return begin(owner, MatterKind.FRAUD_ALERT, now=now).case


def _restrictions(account: Account, pia: Actor, now: datetime) -> Rows:
    lifting = _restriction(account, RestrictionKind.RISK_CONTROL, now)
    propose_lift(lifting.pk, actor=pia, reason="It is over.", now=now)
    hold, over = (holding.place(account.pk, now=now, actor=pia) for _each in range(2))
    holds.propose_lift(over.pk, reason="It is over.", actor=pia, now=now)
    placed = placing.place(account.pk, RestrictionKind.COMPLIANCE_REVIEW, actor=pia, reason="Looks odd.", now=now)
    return {
        "accounts_restriction": _restriction(account, RestrictionKind.JUDICIAL_FREEZE, now),
        "accounts_restriction_decide[confirm]": lifting,
        "accounts_restriction_decide[drop]": lifting,
        "accounts_restriction_decide[lift]": _restriction(account, RestrictionKind.FRAUD_ALERT, now),
        "accounts_restriction_decide[second]": placed,
        "accounts_restriction_decide[release]": _restriction(account, RestrictionKind.FAILED_VERIFICATION, now),
        "retention_legalhold": hold,
        "retention_legalhold_decide[lift]": over,
    }


def _recoveries(account: Account, pia: Actor, now: datetime) -> Rows:
    """Return one that waits for somebody, and one that waits for a second person."""
    proposed = recovering.proposed(make_account("jim"), by=pia, now=now)
    return {
        "accounts_factorrecovery": recovering.submitted(account, now=now),
        "accounts_factorrecovery_decide[confirm]": proposed,
    }


def _restriction(account: Account, kind: RestrictionKind, now: datetime) -> Restriction:
    return Restriction.objects.create(account=account, kind=kind, placed_at=now, placed_by="system:tests")


def _archives(closed: Account, pia: Actor, now: datetime) -> Rows:
    standing, released = BlockedIdentity.objects.order_by("pk")[:2]
    block_review.propose_release(released.pk, actor=pia, reason="It is hers.", now=now)
    ready = disclosing.asked(closed, disclosing.PERSON, now=now, by="pia")
    for role in APPROVERS:
        disclosing.approve(ready, role, now=now)
    return {
        "accounts_blockedidentity": standing,
        "accounts_blockedidentity_decide[confirm]": released,
        "accounts_blockedidentity_decide[drop]": released,
        "retention_disclosure": disclosing.asked(closed, disclosing.PERSON, now=now, by="pia"),
        "retention_disclosure_open": ready,
    }
