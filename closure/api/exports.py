"""Taking records along by the API: prove it, ask, look how far it is, download. For the owner or a status session."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers as fields
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import clock
from accounts.api.base import idempotent
from accounts.api.serializers import CodeBody, Shape
from accounts.exceptions import ProofRefused
from accounts.models import StepUp
from accounts.verification import step_up as steps
from closure import export_access
from closure.api import answers, serializers
from closure.api.download import attachment
from closure.api.status import StatusAware
from closure.enums import ExportKind
from closure.exceptions import UnknownExport
from closure.export_access import Holder
from closure.exports import shown
from closure.exports.contents import contents
from closure.exports.enums import ExportFailure, ExportState
from closure.models import Export
from closure.operations.export import ask


class KindBody(Shape):
    """Which kind of file."""

    kind = fields.ChoiceField(choices=ExportKind.choices)


class ExportAnswer(Shape):
    """A file and how far it is; size in bytes and digest in hex are there when it is ready."""

    id = fields.UUIDField()
    kind = fields.ChoiceField(choices=ExportKind.choices)
    state = fields.ChoiceField(choices=ExportState.choices)
    created_at = fields.DateTimeField()
    expires_at = fields.DateTimeField()
    lines = fields.IntegerField(help_text="Read so far")
    size = fields.IntegerField(allow_null=True)
    sha256 = fields.CharField(allow_null=True)
    reason = fields.ChoiceField(choices=ExportFailure.choices, allow_null=True)
    detail = fields.CharField(allow_null=True, help_text="Why it failed, in words")


class HolderView(StatusAware):
    """A call by whoever may take records along."""

    @property
    def holder(self) -> Holder:
        """The signed-in owner, or the owner within a status session."""
        visit = self.status
        return Holder(account=self.account) if visit is None else Holder(account=visit.request.account, visit=visit)

    def own(self, export: UUID) -> Export:  # type: ignore[override]  # of exports, not of closures
        """Return an export of the holder; somebody else's is as unknown as none (invariant 23)."""
        mine = export_access.exports_of(self.holder, now=clock.now())
        found = next((each for each in mine.values() if each.pk == export), None)
        if found is None:
            raise UnknownExport
        return found

    def check_proven(self, kind: ExportKind) -> None:
        """Raise ProofRefused unless this session proved it for this kind of file, lately."""
        if export_access.open_until(self.request.session, self.holder, kind, now=clock.now()) is None:
            raise ProofRefused


def told(export: Export) -> dict[str, Any]:
    """Return an export as its owner sees it."""
    state = shown.state_of(export)
    return {
        "id": export.pk,
        "kind": export.kind,
        "state": state.value,
        "created_at": export.created_at,
        "expires_at": export.expires_at,
        "lines": export.lines,
        "size": export.size,
        "sha256": export.sha256 or None,
        "reason": export.reason or None,
        "detail": shown.failure(export) if state is ExportState.FAILED else None,
    }


class ExportsView(HolderView):
    """Asks for a file."""

    @extend_schema(operation_id="exports_ask", request=KindBody, responses={201: ExportAnswer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Want a file, after verifying for its kind; it replaces an older one. It is made in the background."""
        kind = ExportKind(self.read(KindBody)["kind"])
        self.check_proven(kind)
        return Response(told(ask(self.holder, kind, now=clock.now())), status=201)


class ExportView(HolderView):
    """One file."""

    @extend_schema(operation_id="exports_show", responses=ExportAnswer)
    def get(self, request: Request, export: UUID) -> Response:
        """Show how far it is: queued, building, ready with size and digest, or failed with the reason."""
        return Response(told(self.own(export)))


class ExportFileView(HolderView):
    """The file itself."""

    @extend_schema(
        operation_id="exports_download",
        responses={
            (200, "application/octet-stream"): OpenApiResponse(
                OpenApiTypes.BINARY, description="The file; Repr-Digest has its SHA-256"
            )
        },
    )
    def get(self, request: Request, export: UUID) -> HttpResponseBase:
        """Download it, within ten minutes after verifying in this session."""
        found = self.own(export)
        self.check_proven(ExportKind(found.kind))
        return attachment(found, contents(found, now=clock.now()))


class ExportVerificationView(HolderView):
    """The verification of taking one kind of file along."""

    @extend_schema(
        operation_id="exports_verification_begin",
        request=KindBody,
        responses={201: serializers.VerificationAnswer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Begin it: all accepted factors; one is needed. In a status session none of the link's own channel."""
        kind = ExportKind(self.read(KindBody)["kind"])
        return Response(answers.verification_state(export_access.begin(self.holder, kind, now=clock.now())), status=201)


class ExportFactorView(HolderView):
    """A factor of the verification that runs."""

    def running(self, factor: UUID) -> tuple[StepUp, ExportKind]:
        """Return the verification and its kind; raises ProofRefused, or Http404 for a factor that is not in it."""
        found = export_access.running(self.holder)
        if found is None:
            raise ProofRefused
        if str(factor) not in {state.id for state in steps.factors(found[0])}:
            raise Http404
        return found

    @extend_schema(
        operation_id="exports_verification_answer", request=CodeBody, responses={200: serializers.VerificationAnswer}
    )
    @idempotent
    def post(self, request: Request, factor: UUID) -> Response:
        """Give a code. A right one lets this session ask for this kind of file and download it, for ten minutes."""
        given, now = self.read(CodeBody), clock.now()
        step_up, kind = self.running(factor)
        answered = steps.answer(step_up, factor, given["code"], now=now)
        if steps.is_complete(answered, now):
            # Who just proved themselves goes on under a key that nobody knew before.
            request.session.cycle_key()
            export_access.open_kind(request.session, self.holder, kind, answered, now=now)
        return Response(answers.verification_state(answered))


class ExportChallengeView(ExportFactorView):
    """Sends the code of a factor."""

    @extend_schema(
        operation_id="exports_verification_challenge", request=None, responses={202: serializers.VerificationAnswer}
    )
    @idempotent
    def post(self, request: Request, factor: UUID) -> Response:
        """Send a code by mail or text message; an authenticator needs none."""
        step_up, _kind = self.running(factor)
        steps.challenge(step_up, factor, now=clock.now())
        return Response(answers.verification_state(step_up), status=202)
