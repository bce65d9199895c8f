"""Staff by the API: the day's work as a list, and decisions, by the same operations as the console."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import clock, identifiers
from accounts.api.base import idempotent
from closure import desk, queries
from closure.api import answers, serializers
from closure.api.calls import StaffView
from closure.api.pages import Pages
from closure.enums import FaceOutcome
from closure.exceptions import StaleDecision
from closure.models import CheckRun, ClosureRequest
from closure.operations import review
from closure.operations.face import record_face_outcome
from closure.permissions import check_decide

DECISIONS: dict[str, Callable[..., ClosureRequest]] = {
    "approve": review.approve,
    "reject": review.reject,
    "cancel": review.cancel_by_staff,
    "ask": review.ask,
}
WEEK = timedelta(days=7)
DAY = timedelta(days=1)


class QueueView(StaffView):
    """Submitted closure requests."""

    @extend_schema(
        operation_id="staff_closures_list", parameters=[serializers.QueueQuery], responses=serializers.QueuePage
    )
    def get(self, request: Request) -> Response:
        """List them, first due first; without a filter those that are not over."""
        query = serializers.QueueQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = {name: value for name, value in query.validated_data.items() if value}
        pages = Pages("finalizes_before", "id")
        now = clock.now()
        rows = pages.paginate_queryset(with_check(wanted(now=now, **asked)), request, self) or []
        return pages.get_paginated_response(_entries(rows, now))


class DecisionsView(StaffView):
    """Decisions about one request."""

    @extend_schema(
        operation_id="staff_closures_decide",
        request=serializers.DecisionBody,
        responses={200: serializers.DecisionAnswer},
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        """Decide: first 409 when the request changed since `seen_version`, then what is wrong with the decision.

        `seen_check` may name the account check that was looked at: where it comes out otherwise now, that is 409 too,
        with what is new.
        """
        found = queries.by_reference(reference)
        check_decide(self.actor, found)
        if self.read(serializers.SeenBody)["seen_version"] != found.version:
            raise StaleDecision
        given = self.read(serializers.DecisionBody)
        done = DECISIONS[given["decision"]](
            found.pk,
            actor=self.actor,
            reason=given["reason"],
            case=given["case"] or None,
            template=given["template"] or None,
            seen_version=given["seen_version"],
            seen_check=given["seen_check"],
            now=clock.now(),
        )
        return Response(answers.decided(done))


class FaceView(StaffView):
    """The outcome of a face check, by staff."""

    @extend_schema(
        operation_id="staff_closures_face", request=serializers.FaceBody, responses={200: serializers.QueueEntryAnswer}
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        """Keep what was found; approving asks for it. First 409 when the request changed since `seen_version`."""
        found = queries.by_reference(reference)
        check_decide(self.actor, found)
        if self.read(serializers.SeenBody)["seen_version"] != found.version:
            raise StaleDecision
        given, now = self.read(serializers.FaceBody), clock.now()
        done = record_face_outcome(
            found.pk,
            FaceOutcome(given["outcome"]),
            reason=given["reason"],
            actor=self.actor,
            now=now,
            seen_version=given["seen_version"],
        )
        return Response(_entries(with_check(ClosureRequest.objects.filter(pk=done.pk)), now)[0])


def wanted(*, now: datetime, state: str = "", due: str = "", q: str = "") -> QuerySet[ClosureRequest]:
    """Return the submitted requests that a list asks for; a search looks at all of them, by exact key only."""
    rows = ClosureRequest.objects.filter(submitted_at__isnull=False).select_related("account")
    if q:
        return rows.filter(_of(q))
    if due == "overdue":
        rows &= queries.overdue(now)
    elif due:
        rows = rows.filter(finalizes_before__lte=now + (DAY if due == "today" else WEEK), sealed_at=None)
    if state:
        return rows.filter(state=state)
    return rows & queries.live()


def with_check(rows: QuerySet[ClosureRequest]) -> QuerySet[ClosureRequest]:
    """Add the key of each request's newest account check."""
    newest = CheckRun.objects.filter(request=OuterRef("pk")).order_by("-created_at", "-id")
    return rows.select_related("account").annotate(latest_check=Subquery(newest.values("pk")[:1]))


def _entries(rows: Iterable[ClosureRequest], now: datetime) -> list[dict[str, Any]]:
    listed = list(rows)
    people = {person for row in listed for person in (desk.holder(row, now), row.assigned_to) if person is not None}
    known = desk.names(people)
    return [answers.queue_entry(row, known=known, now=now) for row in listed]


def _of(text: str) -> Q:
    """Return the condition of a search: a reference, or an e-mail or phone through its fingerprint; nothing by part."""
    found = identifiers.find_account(text)
    return Q(reference=text.strip().upper()) if found is None else Q(account_id=found.pk)
