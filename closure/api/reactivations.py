"""Reactivating by the API: the link, what shows more than the link, the photos with their checks, the last word (J07).

Nobody is signed in: every call but the first two is of the session that a link opened, and sees its own alone.
"""

import hashlib
from typing import Any
from uuid import UUID

from django.http import Http404
from django.middleware.csrf import CSRF_SESSION_KEY, get_token
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import clock
from accounts.api.base import ApiView, Tried, idempotent
from accounts.api.serializers import CodeBody
from accounts.api.views import as_state
from accounts.exceptions import NotAllowed, ProofRefused
from accounts.models import StepUp
from accounts.verification import step_up as steps
from closure.api import reactivation_answers as answers
from closure.api import reactivation_shapes as shapes
from closure.api.status import AskedAnswer
from closure.enums import EvidenceKind
from closure.models import Reactivation
from closure.operations import reactivate
from closure.reactivation import links, proof, session
from closure.reactivation.exceptions import UnknownReactivation
from closure.reactivation.session import ReactivationSession


class InSession(BasePermission):
    """Whoever opened a link of a reactivation in this session."""

    code = "not_allowed"
    message = gettext_lazy("Open the link that we sent you first.")

    def has_permission(self, request: Request, view: object) -> bool:
        """Whether this is the session of a reactivation."""
        return session.current(request.session) is not None


class AskView(Tried):
    """Asks for the link."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="reactivations_ask", request=shapes.ContactBody, responses={202: AskedAnswer})
    def post(self, request: Request) -> Response:
        """Have a link sent if this is a disabled account's; the answer is always the same."""
        links.ask(self.read(shapes.ContactBody)["contact"], now=clock.now())
        return Response({"detail": _("If an account can be reactivated with this, we sent a link.")}, status=202)


class OpenView(Tried):
    """Opens the session of a reactivation."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="reactivations_open", request=None, responses={200: shapes.VisitAnswer})
    def post(self, request: Request, token: str) -> Response:
        """Use the link up: a session for half an hour, which shows nothing before a password or a code is given."""
        now = clock.now()
        visit = session.open_by_link(request.session, token, now=now, keep=(CSRF_SESSION_KEY,))
        offered = proof.factors(visit.account, visit.link_id, carried_by=visit.carried_by, now=now)
        factors = [as_state(each) for each in offered]
        return Response({"csrf": get_token(request._request), "factors": factors})


class Visit(ApiView):
    """A call within the session of a reactivation."""

    permission_classes = (InSession,)

    @property
    def visit(self) -> ReactivationSession:
        """The session; raises NotAllowed when it ended meanwhile."""
        found = session.current(self.request.session)
        if found is None:
            raise NotAllowed(str(InSession.message))
        return found

    def own(self, reference: str) -> Reactivation:
        """Return the reactivation of this session once more than the link was shown; any other is unknown to it."""
        visit = self.visit
        if not visit.proven:
            raise NotAllowed(_("Give the password or a code first."), code="verification_required")
        if visit.reactivation is None or visit.reactivation.reference != reference.strip().upper():
            raise UnknownReactivation
        return visit.reactivation

    def idempotency_subject(self) -> UUID | None:
        """Keys belong to the link: a second one to the same account, which has shown nothing more, gets no answer."""
        return self.visit.link_id


class PasswordView(Visit, Tried):
    """The password, as what shows more than the link."""

    @extend_schema(
        operation_id="reactivations_password",
        request=shapes.PasswordBody,
        responses={200: shapes.ReactivationAnswer},
    )
    def post(self, request: Request) -> Response:
        """Give the password: the reactivation is begun, or gone on with."""
        given = self.read(shapes.PasswordBody)
        visit = session.prove_by_password(request.session, given["password"], now=clock.now())
        return _begun(request, visit)


class ProvingView(Visit):
    """A factor that the link did not carry."""

    @extend_schema(operation_id="reactivations_verification", request=None, responses={201: shapes.ProvingAnswer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Begin it: every factor of which one is enough."""
        visit = self.visit
        begun = proof.begin(visit.account, visit.link_id, carried_by=visit.carried_by, now=clock.now())
        return Response(answers.proving(begun), status=201)


class InVerification(Visit):
    """A factor of the verification that runs."""

    def running(self, factor: UUID) -> StepUp:
        """Return the verification; raises ProofRefused when none runs, Http404 for a factor that is not in it."""
        visit = self.visit
        found = proof.running(visit.account, visit.link_id, now=clock.now())
        if found is None:
            raise ProofRefused
        if steps.device_of(found, factor) is None:
            raise Http404
        return found


class FactorView(InVerification):
    """Takes the code of a factor."""

    @extend_schema(operation_id="reactivations_factor", request=CodeBody, responses={200: shapes.ReactivationAnswer})
    def post(self, request: Request, factor: UUID) -> Response:
        """Give a code: the reactivation is begun, or gone on with."""
        given, now = self.read(CodeBody), clock.now()
        steps.answer(self.running(factor), factor, given["code"], now=now)
        return _begun(request, session.prove_by_factor(request.session, now=now))


class ChallengeView(InVerification):
    """Sends the code of a factor."""

    @extend_schema(operation_id="reactivations_challenge", request=None, responses={202: shapes.ProvingAnswer})
    @idempotent
    def post(self, request: Request, factor: UUID) -> Response:
        """Send a code by mail or text message; an authenticator needs none."""
        running = self.running(factor)
        steps.challenge(running, factor, now=clock.now())
        return Response(answers.proving(running), status=202)


class OneView(Visit):
    """One reactivation."""

    @extend_schema(operation_id="reactivations_retrieve", responses=shapes.ReactivationAnswer)
    def get(self, request: Request, reference: str) -> Response:
        """Show it: the note, the documents, what is missing, what staff asked."""
        return Response(answers.own(self.own(reference)))


class DocumentView(Visit):
    """The document of a reactivation."""

    @extend_schema(
        operation_id="reactivations_document",
        request=shapes.ChosenDocumentBody,
        responses={200: shapes.ReactivationAnswer},
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        """Choose it; photos of another one do not count any more."""
        row, chosen = self.own(reference), self.read(shapes.ChosenDocumentBody)["type"]
        reactivate.choose_document(row.pk, chosen, actor=self.visit.actor, now=clock.now())
        return Response(answers.own(self.own(reference)))


class EvidenceView(Visit):
    """The photos of a reactivation."""

    parser_classes = (MultiPartParser,)

    def idempotency_body(self) -> bytes:
        """Return the fields, and the digest of the file in place of the file."""
        given = self.read(shapes.PhotoBody)
        digest = hashlib.sha256(given["photo"].read()).hexdigest()
        given["photo"].seek(0)
        return f"{given['kind']} {given['despite']} {digest}".encode()

    @extend_schema(
        operation_id="reactivations_evidence",
        request={"multipart/form-data": shapes.PhotoBody},
        responses={201: shapes.PhotoAnswer},
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        """Send one; the checks are made at once, and what they refuse is not kept, unless `despite` says so."""
        row, given = self.own(reference), self.read(shapes.PhotoBody)
        sent = reactivate.send_photo(
            row.pk,
            EvidenceKind(given["kind"]),
            given["photo"].read(),
            despite=given["despite"],
            actor=self.visit.actor,
            now=clock.now(),
        )
        return Response(answers.photo(sent), status=201)


class SubmitView(Visit):
    """The last word."""

    @extend_schema(operation_id="reactivations_submit", request=None, responses={200: shapes.ReactivationAnswer})
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        """Hand it to staff; 409 with what is missing."""
        reactivate.submit(self.own(reference).pk, actor=self.visit.actor, now=clock.now())
        return Response(answers.own(self.own(reference)))


class WithdrawView(Visit):
    """The end, by its owner."""

    @extend_schema(operation_id="reactivations_withdraw", request=None, responses={200: shapes.ReactivationAnswer})
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        """End it; the account stays disabled, and another one may begin at once."""
        reactivate.withdraw(self.own(reference).pk, actor=self.visit.actor, now=clock.now())
        return Response(answers.own(self.own(reference)))


def _begun(request: Request, visit: ReactivationSession) -> Response:
    """Answer who just proved themselves; they go on under a key that nobody knew before."""
    store: Any = request.session
    store.cycle_key()
    if visit.reactivation is None:
        raise UnknownReactivation
    return Response(answers.own(visit.reactivation))
