"""Writing to us by the API: the same answer whoever asks; the reference comes by mail or text message."""

from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers as fields
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import case_opening, clock
from accounts.actors import Actor
from accounts.api.access import second_factor_done
from accounts.api.base import Tried, idempotent
from accounts.api.serializers import Shape
from accounts.case_messages import MAX_TEXT
from accounts.enums import CaseKind
from accounts.forms import MAX_IDENTIFIER


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
