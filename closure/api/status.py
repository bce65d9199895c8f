"""Checking a request without an account: the link, and the calls that a status session opens beside its owner's (E07).

The same addresses serve the signed-in owner and the session of a mailed link; each of them sees its own request alone.
"""

from uuid import UUID

from django.middleware.csrf import CSRF_SESSION_KEY, get_token
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers as fields
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import case_session, clock
from accounts.api.access import second_factor_done
from accounts.api.base import ApiView, Tried, idempotent
from accounts.api.serializers import CodeBody, Shape
from accounts.asking import LinkGone
from accounts.exceptions import NotAllowed, ProofRefused
from accounts.models import StepUp
from accounts.verification import step_up as steps
from closure import fresh_factor, offers, queries, status_links, status_session
from closure.api import answers, closures, serializers
from closure.enums import ClosureAction, ClosureState
from closure.exceptions import TransitionRefused, UnknownRequest
from closure.models import ClosureRequest
from closure.operations import hold
from closure.status_session import StatusSession

A = ClosureAction
# Which verification this very session completed: what another one did is not its own.
VERIFIED = "status_verified"
# For what it verifies: one purpose, one action.
PROVING = "status_proving"


class StatusBody(Shape):
    """Which request, and the e-mail address or phone of its owner."""

    reference = fields.CharField(max_length=status_links.MAX_REFERENCE)
    contact = fields.CharField(max_length=status_links.MAX_CONTACT)


class ReasonBody(Shape):
    """Why, in your own words."""

    reason = fields.CharField(max_length=serializers.MAX_REASON, allow_blank=True, default="")


class ProveBody(Shape):
    """For what a status session gives a fresh factor."""

    action = fields.ChoiceField(choices=[A.CANCEL.value, A.ANSWER.value], default=A.CANCEL.value)


class AskedAnswer(Shape):
    """If these match, we sent a link."""

    detail = fields.CharField()


class StatusSessionAnswer(Shape):
    """The request or case that this session is about, and the token for its calls."""

    reference = fields.CharField()
    csrf = fields.CharField()


class EndedAnswer(Shape):
    """How the request stands now."""

    reference = fields.CharField()
    state = fields.ChoiceField(choices=ClosureState.choices)


class OwnerOrStatus(BasePermission):
    """The owner with a second factor, or a status session."""

    code = "second_factor_required"
    message = gettext_lazy("Finish signing in with a second factor first.")

    def has_permission(self, request: Request, view: object) -> bool:
        """Whether this session may look at a request of its own."""
        return second_factor_done(request.user) or status_session.current(request.session) is not None


class AskView(Tried):
    """Asks for the link."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="status_ask", request=StatusBody, responses={202: AskedAnswer})
    def post(self, request: Request) -> Response:
        """Have a link sent if these match; the answer is always the same."""
        given = self.read(StatusBody)
        status_links.ask(given["reference"], given["contact"], now=clock.now())
        return Response({"detail": _("If these match, we sent a link.")}, status=202)


class OpenView(Tried):
    """Opens the status session."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="status_open", request=None, responses={200: StatusSessionAnswer})
    def post(self, request: Request, token: str) -> Response:
        """Use the link up: a session for its request, or its case, alone, for half an hour."""
        now, keep = clock.now(), (CSRF_SESSION_KEY,)
        try:
            reference = case_session.open_by_link(request.session, token, now=now, keep=keep).case.reference
        except LinkGone:
            opened = status_session.open_by_link(request.session, token, now=now, keep=keep)
            reference = opened.request.reference
        return Response({"reference": reference, "csrf": get_token(request._request)})


class StatusAware(ApiView):
    """A call for the owner, or for the status session of the request that it names."""

    permission_classes = (OwnerOrStatus,)

    @property
    def status(self) -> StatusSession | None:
        """The status session, None for the signed-in owner."""
        return None if self.request.user.is_authenticated else status_session.current(self.request.session)

    def in_status(self, reference: str) -> StatusSession:
        """Return the status session of this request; any other request is unknown to it (invariant 23)."""
        found = self.status
        if found is None:
            raise NotAllowed(_("Open the link that we sent you first."))
        if found.request.reference != reference.strip().upper():
            raise UnknownRequest
        return found

    def verified(self) -> UUID:
        """Return the verification that this very session completed; raises ProofRefused."""
        given = self.request.session.get(VERIFIED)
        if given is None:
            raise ProofRefused
        return UUID(given)

    def own(self, reference: str) -> ClosureRequest:
        """Return the caller's request."""
        if self.status is not None:
            return self.in_status(reference).request
        return queries.by_reference(reference, self.account)

    def idempotency_subject(self) -> UUID | None:
        """Keys belong to the session's request, or to the owner."""
        return self.status.request.pk if self.status is not None else super().idempotency_subject()


class ClosureView(StatusAware, closures.ClosureView):
    """One closure request."""


class VerificationView(StatusAware, closures.VerificationView):
    """The verification of a submission; in a status session the one of cancelling, or of an answer."""

    @extend_schema(
        operation_id="verification_begin", request=ProveBody, responses={201: serializers.VerificationAnswer}
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        """Begin it, or begin again: all accepted factors, and how many are needed.

        In a status session `action` says for what: `cancel`, where it is left out, or `answer`.
        """
        if self.status is None:
            return self.begin(reference)
        found, action = self.in_status(reference), A(self.read(ProveBody)["action"])
        if action is A.CANCEL and not offers.cancel(found.request):
            raise TransitionRefused(_("This closure cannot be cancelled."), code="cancel_not_offered")
        if action is A.ANSWER and not offers.answer(found.request):
            raise TransitionRefused(_("We did not ask anything about this closure."), code="nothing_asked")
        begun = fresh_factor.open_or_begin(found.request, action, carried_by=found.carried_by, now=clock.now())
        request.session[PROVING] = action.value
        return Response(answers.verification_state(begun), status=201)


class FactorView(StatusAware, closures.FactorView):
    """A factor of the verification that runs."""

    def current(self, reference: str) -> StepUp | None:
        """Return the verification of this caller."""
        if self.status is None:
            return super().current(reference)
        found, action = self.in_status(reference), A(self.request.session.get(PROVING, A.CANCEL.value))
        return fresh_factor.running(found.request, action, carried_by=found.carried_by, now=clock.now())

    @extend_schema(
        operation_id="verification_answer", request=CodeBody, responses={200: serializers.VerificationAnswer}
    )
    @idempotent
    def post(self, request: Request, reference: str, factor: UUID) -> Response:
        """Give a code; the answer has the state of all factors."""
        given, now = self.read(CodeBody), clock.now()
        answered = steps.answer(self.running(reference, factor), factor, given["code"], now=now)
        if self.status is not None:
            request.session[VERIFIED] = str(answered.pk)
        if steps.is_complete(answered, now):
            # Who just proved themselves goes on under a key that nobody knew before.
            request.session.cycle_key()
        return Response(answers.verification_state(answered))


class FactorChallengeView(FactorView, closures.FactorChallengeView):
    """Sends the code of a factor."""

    post = closures.FactorChallengeView.post


class CancelView(StatusAware):
    """Cancels within a status session."""

    @extend_schema(operation_id="closures_cancel", request=ReasonBody, responses={200: EndedAnswer})
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        """Cancel, with the fresh factor that this session gave before; the account is released."""
        found, given = self.in_status(reference), self.read(ReasonBody)
        done = hold.cancel(
            found.request.pk,
            step_up_id=self.verified(),
            actor=found.actor,
            reason=given["reason"],
            now=clock.now(),
        )
        return Response({"reference": done.reference, "state": done.state})


class DisputeView(StatusAware):
    """Stops what the owner did not ask for."""

    @extend_schema(operation_id="closures_dispute", request=ReasonBody, responses={200: EndedAnswer})
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        """Stop it by the link alone: the account is locked until two people of compliance have looked."""
        found, given = self.in_status(reference), self.read(ReasonBody)
        done = hold.dispute(found.request.pk, actor=found.holder, reason=given["reason"], now=clock.now())
        return Response({"reference": done.reference, "state": done.state})
