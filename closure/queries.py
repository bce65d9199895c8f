"""What there is to look at and what is due; the one place that knows which rows belong to which work."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import clock
from accounts.enums import Delivery
from accounts.models import Account, OutboxMessage
from closure.enums import OPEN_STATES, ClosureState, Moment, Verdict
from closure.exceptions import UnknownRequest
from closure.mails import CONFIRMATION
from closure.models import CheckRun, ClosureRequest
from closure.models.queue_indexes import IS_LIVE, IS_PROPOSED, IS_UNASSIGNED

S = ClosureState
# Half of the shortest time in which a policy promises to have closed (`pionex`: one hour).
TOLD_WITHIN = timedelta(minutes=30)


def queue() -> QuerySet[ClosureRequest]:
    """Return what waits for a person, first due first: reviews and what is held."""
    return ClosureRequest.objects.filter(state__in=[S.IN_REVIEW, S.HELD]).order_by("finalizes_before", "id")


def second_approvals() -> QuerySet[ClosureRequest]:
    """Return what one person proposed and a second has to decide (L06)."""
    return ClosureRequest.objects.filter(IS_PROPOSED).order_by("proposed_at", "id")


def unclaimed(now: datetime) -> QuerySet[ClosureRequest]:
    """Return reviews that nobody is at work on or was told to do, first due first."""
    free = Q(desk_by=None) | Q(desk_until__lte=now)
    return ClosureRequest.objects.filter(IS_UNASSIGNED, free).order_by("finalizes_before", "id")


def overdue(now: datetime) -> QuerySet[ClosureRequest]:
    """Return reviews that were not done when due: they come first and are never approved by themselves."""
    return ClosureRequest.objects.filter(state=S.IN_REVIEW, finalizes_before__lte=now).order_by(
        "finalizes_before", "id"
    )


def waited_enough(now: datetime) -> Q:
    """Return the condition that the wait is over, by the caller's clock and by the database's (invariant 9)."""
    return Q(finalizes_after__lte=now) & Q(finalizes_after__lte=clock.db_now())


def elapsed(now: datetime) -> QuerySet[ClosureRequest]:
    """Return cooling-off requests whose wait is over."""
    return ClosureRequest.objects.filter(waited_enough(now), state=S.COOLING_OFF).order_by("finalizes_after", "id")


def due(now: datetime) -> QuerySet[ClosureRequest]:
    """Return approved requests that may begin to close, none before its confirmation has left (C10)."""
    waited = ClosureRequest.objects.filter(waited_enough(now), told(now), state=S.APPROVED)
    return waited.order_by("finalizes_after", "id")


def told(now: datetime) -> Q:
    """Return the condition that the confirmation has left, or has not for so long that closing no longer waits for it.

    Without a wait the confirmation, with its link for "I did not ask for this", would be erased before it is sent.
    """
    queued = OutboxMessage.objects.filter(
        account_id=OuterRef("account_id"), template=CONFIRMATION, state=Delivery.QUEUED
    )
    return Q(submitted_at__lte=now - TOLD_WITHIN) | ~Q(Exists(queued))


def live() -> QuerySet[ClosureRequest]:
    """Return requests whose accounts are frozen and not sealed."""
    return ClosureRequest.objects.filter(IS_LIVE)


def for_account(account: Account) -> QuerySet[ClosureRequest]:
    """Return the requests of one account, newest first."""
    return ClosureRequest.objects.filter(account=account).order_by("-id")


def open_of(account: Account) -> ClosureRequest | None:
    """Return the open request of an account, if any."""
    return ClosureRequest.objects.filter(account=account, state__in=sorted(OPEN_STATES)).first()


def by_reference(reference: str, account: Account | None = None) -> ClosureRequest:
    """Return the request with this reference, of this account where one is given; raises UnknownRequest."""
    found = ClosureRequest.objects.filter(reference=reference.strip().upper()).select_related("account")
    if account is not None:
        found = found.filter(account=account)
    request = found.first()
    if request is None:
        raise UnknownRequest
    return request


def submitted(reference: str) -> ClosureRequest | None:
    """Return the request of this reference that was submitted, whatever became of it; drafts are nobody's business."""
    return ClosureRequest.objects.filter(reference=reference, submitted_at__isnull=False).first()


def latest_run(request: ClosureRequest) -> CheckRun | None:
    """Return the latest account check of a request."""
    return CheckRun.objects.filter(request=request).order_by("-created_at", "-id").first()


def submission_run(request: ClosureRequest) -> CheckRun | None:
    """Return the check with which a request was submitted; staff compare the latest one with it."""
    return CheckRun.objects.filter(request=request, moment=Moment.SUBMIT).order_by("-created_at", "-id").first()


def unknown_since(request_id: UUID) -> datetime | None:
    """Return since when every check of a request came out unknown; None when the latest did not."""
    runs = CheckRun.objects.filter(request_id=request_id)
    known = runs.exclude(verdict=Verdict.UNKNOWN).order_by("-created_at").values_list("created_at", flat=True).first()
    unknown = runs.filter(verdict=Verdict.UNKNOWN)
    if known is not None:
        unknown = unknown.filter(created_at__gt=known)
    return unknown.order_by("created_at").values_list("created_at", flat=True).first()
