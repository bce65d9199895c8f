"""Writing to us by the API: the same answer whoever asks; then one's own case, read and answered (D05, E07)."""

from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers as fields
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import case_messages, case_opening, case_session, cases, clock
from accounts.actors import Actor
from accounts.api.access import second_factor_done
from accounts.api.base import ApiView, Tried, idempotent
from accounts.api.serializers import Shape
from accounts.case_messages import MAX_TEXT
from accounts.cases import UnknownCase
from accounts.enums import CaseKind, CaseState
from accounts.forms import MAX_IDENTIFIER
from accounts.models import Case


class CaseBody(Shape):
    """What it is about, what you write, and the e-mail address or phone number that gets the answer."""

    kind = fields.ChoiceField(choices=CaseKind.choices)
    text = fields.CharField(max_length=MAX_TEXT)
    contact = fields.CharField(
        max_length=MAX_IDENTIFIER,
        allow_blank=True,
        default="",
        help_text="Not needed, and not read, of a customer who is signed in",
    )


class CaseAnswer(Shape):
    """We have the message."""

    detail = fields.CharField()


class CaseMessageAnswer(Shape):
    """What one side wrote."""

    from_staff = fields.BooleanField()
    text = fields.CharField()
    at = fields.DateTimeField()


class OneCaseAnswer(Shape):
    """A case with what was said in it, oldest first."""

    reference = fields.CharField()
    kind = fields.ChoiceField(choices=CaseKind.choices)
    state = fields.ChoiceField(choices=CaseState.choices)
    messages = CaseMessageAnswer(many=True)


class CaseMessageBody(Shape):
    """What you write."""

    text = fields.CharField(max_length=MAX_TEXT)


class CasesView(Tried):
    """Cases."""

    permission_classes = (AllowAny,)

    def idempotency_subject(self) -> UUID | None:
        """Keys belong to the customer who is signed in."""
        return self.account.pk if second_factor_done(self.request.user) else None

    @extend_schema(operation_id="cases_open", request=CaseBody, responses={202: CaseAnswer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Open a case; a message with its reference follows."""
        given, now = self.read(CaseBody), clock.now()
        kind, text = CaseKind(given["kind"]), given["text"]
        if second_factor_done(request.user) and not self.account.is_staff:
            case_opening.open_own(self.account.pk, kind, text, actor=Actor.customer(self.account), now=now)
        else:
            case_opening.ask(kind, text, given["contact"], language=get_language() or "", now=now)
        return Response(
            {"detail": _("We have your message. The reference follows by mail or text message.")}, status=202
        )


class OwnerOrCase(BasePermission):
    """The owner with a second factor, or the session of a case's link."""

    code = "second_factor_required"
    message = gettext_lazy("Finish signing in with a second factor first.")

    def has_permission(self, request: Request, view: object) -> bool:
        """Whether this session may look at a case of its own."""
        return second_factor_done(request.user) or case_session.current(request.session) is not None


class OneCase(ApiView):
    """Base of calls about one case: by its owner or the session of its link; others are not found (invariant 23)."""

    permission_classes = (OwnerOrCase,)

    def find(self, reference: str) -> tuple[Case, Actor]:
        """Return the case and who looks at it; raises UnknownCase."""
        wanted, visit = reference.upper(), None
        if self.request.user.is_authenticated:
            found = cases.shown_to(self.account.pk).filter(reference=wanted).first()
            if found is not None:
                return found, Actor.customer(self.account)
        else:
            visit = case_session.current(self.request.session)
        if visit is None or visit.case.reference != wanted:
            raise UnknownCase(_("There is no such case."))
        return visit.case, visit.actor

    def idempotency_subject(self) -> UUID | None:
        """Keys belong to the session's case, or to the owner."""
        visit = None if self.request.user.is_authenticated else case_session.current(self.request.session)
        return visit.case.pk if visit is not None else super().idempotency_subject()


class CaseView(OneCase):
    """One case."""

    @extend_schema(operation_id="cases_read", responses={200: OneCaseAnswer})
    def get(self, request: Request, reference: str) -> Response:
        """Read what was said."""
        case, _actor = self.find(reference)
        return Response(_shown(case))


class CaseMessagesView(OneCase):
    """Messages of one case."""

    @extend_schema(operation_id="cases_write", request=CaseMessageBody, responses={201: OneCaseAnswer})
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        """Write in it; a person reads it."""
        case, actor = self.find(reference)
        case_messages.write(case.pk, self.read(CaseMessageBody)["text"], actor=actor, now=clock.now())
        case.refresh_from_db()
        return Response(_shown(case), status=201)


def _shown(case: Case) -> dict[str, Any]:
    said = [{"from_staff": each.from_staff, "text": each.text, "at": each.at} for each in case_messages.of_case(case)]
    return {"reference": case.reference, "kind": case.kind, "state": case.state, "messages": said}
