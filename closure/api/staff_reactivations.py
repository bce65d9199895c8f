"""Reactivations for staff by the API, by the same operations as the console (L04)."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import clock, identifiers
from accounts.api.base import idempotent
from accounts.cases import UnknownCase
from closure.api import reactivation_answers as answers
from closure.api import reactivation_shapes as shapes
from closure.api.calls import StaffView
from closure.api.pages import Pages
from closure.api.serializers import SeenBody
from closure.enums import ReactivationState
from closure.exceptions import StaleDecision
from closure.models import Reactivation
from closure.operations import reactivate
from closure.reactivation import ageing, rules
from closure.reactivation.exceptions import UnknownReactivation
from closure.reactivation.permissions import check_decide

# Until when an answer is due: as for closures.
DUE = {"overdue": timedelta(0), "today": timedelta(days=1), "week": timedelta(days=7)}
# The decision about a closure that means the same has this name.
SAME = {"reject": reactivate.Decision.REFUSE.value}


class ListView(StaffView):
    """Submitted reactivations."""

    @extend_schema(operation_id="staff_reactivations_list", parameters=[shapes.StaffQuery], responses=shapes.StaffPage)
    def get(self, request: Request) -> Response:
        """List them, longest waiting first; without a filter those that wait for staff."""
        query = shapes.StaffQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        pages, now = Pages("submitted_at", "id"), clock.now()
        rows = pages.paginate_queryset(wanted(now=now, **query.validated_data), request, self)
        return pages.get_paginated_response(answers.entries(rows or [], now=now))


class DecisionsView(StaffView):
    """Decisions about one reactivation."""

    @extend_schema(
        operation_id="staff_reactivations_decide",
        request=shapes.ReactivationDecisionBody,
        responses={200: shapes.StaffEntryAnswer},
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        """Decide: first 409 when it changed since `seen_version`, then what is wrong with the decision."""
        row = _sent().filter(reference=reference.strip().upper()).first()
        if row is None:
            raise UnknownReactivation
        check_decide(self.actor, row)
        if self.read(SeenBody)["seen_version"] != row.version:
            raise StaleDecision
        given, now = self.read(shapes.ReactivationDecisionBody), clock.now()
        _check_case(row, given["case"])
        done = reactivate.decide(
            row.pk,
            SAME.get(given["decision"], given["decision"]),
            broken=rules.read([*given["broken"], *filter(None, [given["template"]])]),
            text=given["reason"],
            seen_version=given["seen_version"],
            actor=self.actor,
            now=now,
        )
        return Response(answers.entries([done], now=now)[0])


def wanted(*, now: datetime, state: str = "", due: str = "", q: str = "") -> QuerySet[Reactivation, Any]:
    """Return the rows that a list asks for; a search looks at all that were submitted, by exact key only."""
    if q:
        found = identifiers.find_account(q)
        return _sent().filter(Q(reference=q.strip().upper()) if found is None else Q(account_id=found.pk))
    rows = _sent().filter(state=state or ReactivationState.SUBMITTED)
    return rows & ageing.due_by(now + DUE[due]) if due else rows


def _check_case(row: Reactivation, given: str | None) -> None:
    """A reactivation has one case: a decision that names another one is about something else."""
    if given and given.strip().upper() != row.case.reference:
        raise UnknownCase(_("The case of this reactivation is %(case)s.") % {"case": row.case.reference})


def _sent() -> QuerySet[Reactivation, Any]:
    """Return what was submitted: a draft is the customer's own business."""
    return Reactivation.objects.filter(submitted_at__isnull=False).select_related("account", "case")
