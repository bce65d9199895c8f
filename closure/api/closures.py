"""Closing by the API: open, verify, document, submit. Each call is shape, then operation, then answer."""

from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import clock
from accounts.api.base import idempotent
from accounts.api.serializers import CodeBody
from accounts.exceptions import ProofRefused
from accounts.models import StepUp
from accounts.verification import step_up as steps
from closure import queries, verification
from closure.api import answers, serializers
from closure.api.calls import CHANNEL, CustomerView
from closure.api.pages import Pages
from closure.models import ClosureRequest
from closure.operations import verify
from closure.operations.opening import open_checked
from closure.operations.submit import submit
from closure.policy import loader


class ClosuresView(CustomerView):
    """The closure requests of the caller."""

    @extend_schema(operation_id="closures_list", responses=serializers.ClosurePage)
    def get(self, request: Request) -> Response:
        """List them, newest first."""
        pages = Pages("-id")
        rows = pages.paginate_queryset(queries.for_account(self.account).select_related("account"), request, self)
        return pages.get_paginated_response(answers.closures(rows or [], now=clock.now()))

    @extend_schema(
        operation_id="closures_open", request=serializers.OpenBody, responses={201: serializers.OpenedAnswer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Open a draft, or go on with the open one, once the check is clear and every note and warning acknowledged."""
        given, now = self.read(serializers.OpenBody), clock.now()
        draft = open_checked(
            self.account,
            acknowledged=given["acknowledged"],
            answer=given["captcha"],
            channel=CHANNEL,
            actor=self.actor,
            now=now,
        )
        return Response(answers.opened(draft, now=now), status=201)


class ClosureView(CustomerView):
    """One closure request."""

    @extend_schema(operation_id="closures_show", responses=serializers.ClosureAnswer)
    def get(self, request: Request, reference: str) -> Response:
        """Show it with its timeline, dates and policy."""
        return Response(answers.closures([self.own(reference)], now=clock.now())[0])


class VerificationView(CustomerView):
    """The verification of a submission."""

    @extend_schema(operation_id="verification_begin", request=None, responses={201: serializers.VerificationAnswer})
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        """Begin it, or begin again: all accepted factors, and how many are needed."""
        return self.begin(reference)

    def begin(self, reference: str) -> Response:
        """Begin the verification of the submission."""
        begun = verify.begin_verification(self.own(reference).pk, now=clock.now())
        return Response(answers.verification_state(begun), status=201)


class FactorView(CustomerView):
    """A factor of the verification that runs."""

    def current(self, reference: str) -> StepUp | None:
        """Return the verification that was begun, if any."""
        return verify.current_verification(self.own(reference))

    def running(self, reference: str, factor: UUID) -> StepUp:
        """Return the verification; raises ProofRefused when none was begun, Http404 for a factor that is not in it."""
        found = self.current(reference)
        if found is None:
            raise ProofRefused
        if str(factor) not in {state.id for state in steps.factors(found)}:
            raise Http404
        return found

    @extend_schema(
        operation_id="verification_answer", request=CodeBody, responses={200: serializers.VerificationAnswer}
    )
    @idempotent
    def post(self, request: Request, reference: str, factor: UUID) -> Response:
        """Give a code; the answer has the state of all factors."""
        given = self.read(CodeBody)
        now = clock.now()
        answered = steps.answer(self.running(reference, factor), factor, given["code"], now=now)
        if steps.is_complete(answered, now):
            request.session.cycle_key()
        return Response(answers.verification_state(answered))


class FactorChallengeView(FactorView):
    """Sends the code of a factor."""

    @extend_schema(operation_id="verification_challenge", request=None, responses={202: serializers.VerificationAnswer})
    @idempotent
    def post(self, request: Request, reference: str, factor: UUID) -> Response:
        """Send a code by mail or text message; an authenticator needs none."""
        running = self.running(reference, factor)
        steps.challenge(running, factor, now=clock.now())
        return Response(answers.verification_state(running), status=202)


class DocumentView(CustomerView):
    """The number of the document given at identity verification."""

    @extend_schema(
        operation_id="closures_document", request=serializers.DocumentBody, responses={200: serializers.DocumentAnswer}
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        """Compare it; a number that is not asked for is ignored."""
        given, own = self.read(serializers.DocumentBody), self.own(reference)
        asked = verification.asks_document(loader.from_pinned(own.policy), own.account)
        verify.check_document(own.pk, given["number"], now=clock.now())
        return Response({"asked": asked})


class SubmitView(CustomerView):
    """The last word."""

    @extend_schema(
        operation_id="closures_submit", request=serializers.SubmitBody, responses={200: serializers.SubmittedAnswer}
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        """Submit: checked once more, then the account is frozen and every session ends, this one too."""
        given, own = self.read(serializers.SubmitBody), self.own(reference)
        done = submit(
            own.pk,
            step_up_id=_verification_of(own),
            password=given["password"],
            channel=CHANNEL,
            actor=self.actor,
            now=clock.now(),
            face_consent=given["face_consent"],
        )
        request.session.flush()
        return Response(answers.submitted(done))


def _verification_of(request: ClosureRequest) -> UUID | None:
    found = verify.current_verification(request)
    return found.pk if found is not None else None
