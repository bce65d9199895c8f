"""Support resolves the document number of who cannot give it, in the customer's own case (D05)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import case_desk, cases
from accounts.actors import Actor
from accounts.cases import UnknownCase
from accounts.enums import CaseKind, CaseState
from accounts.exceptions import PortalError, ReasonRequired
from accounts.journal import record
from accounts.models import Case
from closure import drafts, journey, lifecycle, verification
from closure.enums import ClosureState
from closure.models import ClosureRequest
from closure.policy import loader

RESOLVED = "closure.document_resolved"


class NothingToResolve(PortalError):
    """No document number is asked of this customer in a request that they prepare, or the case is not about it."""

    code = "nothing_to_resolve"

    def __init__(self) -> None:
        super().__init__(_("No request of this customer waits for a document number, or it is not their own case."))


def draft_of(case: Case) -> ClosureRequest | None:
    """Return the draft that waits for the number this case is about; None where there is nothing to resolve.

    A case is nobody's until its owner has shown up, and one that a check opened is about somebody else: neither
    resolves anything (accounts.case_session, accounts.identity_check).
    """
    if case.kind != CaseKind.DOCUMENT_NUMBER or case.state == CaseState.RESOLVED or case.account_id is None:
        return None
    mine = ClosureRequest.objects.filter(account_id=case.account_id, state=ClosureState.DRAFT)
    draft = mine.select_related("account").first()
    if draft is None or not cases.is_by_owner(case):
        return None
    return draft if _waits(draft) else None


def resolve_document(case_id: UUID, *, actor: Actor, reason: str, now: datetime) -> ClosureRequest:
    """Take the number as given; codes, password and every other step stay.

    Raises NotAllowed, ReasonRequired, UnknownCase, NothingToResolve, OnAnotherDesk.
    """
    cases.check_handle(actor)
    if not reason.strip():
        raise ReasonRequired
    known = Case.objects.filter(pk=case_id).first()
    if known is None:
        raise UnknownCase(_("There is no such case."))
    found = draft_of(known)
    if found is None:
        raise NothingToResolve
    with transaction.atomic():
        account, draft = lifecycle.lock(found.pk)
        # Either may have ended, or changed, while nobody held them.
        case = Case.objects.select_for_update().get(pk=case_id)
        if draft_of(case) != draft:
            raise NothingToResolve
        case_desk.check_free(case, actor, now)
        drafts.write(draft, now=now, progress={**draft.progress, journey.DOCUMENT_GIVEN: now.isoformat()})
        told = {"request": str(draft.pk), "case": case.reference}
        record(RESOLVED, actor=actor, at=now, account=account, data=told, note=reason.strip())
    return draft


def _waits(draft: ClosureRequest) -> bool:
    asked = verification.asks_document(loader.from_pinned(draft.policy), draft.account)
    return asked and journey.DOCUMENT_GIVEN not in draft.progress
