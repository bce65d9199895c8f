"""Signing in and out by the API: password, then one code. One answer for every reason to refuse the first (M01)."""

from typing import Any
from uuid import UUID

from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotAuthenticated, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import clock, sign_in
from accounts.api import ceremony, serializers
from accounts.api.access import second_factor_done
from accounts.api.base import Tried, idempotent
from accounts.api.refusals import SignInFailed
from accounts.exceptions import ProofRefused, VerificationExpired, WrongCode
from accounts.models import Account, StepUp
from accounts.verification import sign_in as verification
from accounts.verification import step_up as steps
from accounts.verification.step_up import FactorState


class SessionView(Tried):
    """The session of this cookie."""

    forgives = True
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="session_show", responses=serializers.SessionAnswer)
    def get(self, request: Request) -> Response:
        """Tell whether somebody is signed in, and give the token that every unsafe call sends back."""
        account = who(request.user)
        return Response({"signed_in": account is not None, "csrf": get_token(request._request), "account": account})

    @extend_schema(
        operation_id="session_begin", request=serializers.SignInBody, responses={200: serializers.NextAnswer}
    )
    def post(self, request: Request) -> Response:
        """Check identifier and password; a code comes next."""
        try:
            given = self.read(serializers.SignInBody)
        except ValidationError:
            raise SignInFailed from None
        now = clock.now()
        account = sign_in.check_password(given["identifier"], given["password"], now=now)
        if account is None:
            raise SignInFailed
        step_up = verification.begin(account, now=now)
        if not ceremony.remember(request._request, account, step_up):
            raise SignInFailed
        return Response({"next": "code", "factors": [as_choice(state) for state in steps.factors(step_up)]})

    @extend_schema(operation_id="session_end", request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Sign out; nothing to end is fine too."""
        sign_in.sign_out(request._request, clock.now())
        return Response(status=204)


class CeremonyView(Tried):
    """A call that needs the password to have been given in this session."""

    forgives = True
    permission_classes = (AllowAny,)

    def step_up(self) -> StepUp:
        """Return the verification of this sign-in; raises NotAuthenticated when there is none."""
        found = ceremony.current(self.request._request)
        if found is None:
            raise NotAuthenticated
        return found

    def start_over(self, error: Exception) -> Exception:
        """Forget the password that was given: the window is over, or sign-in was closed meanwhile."""
        self.request.session.flush()
        return error


class ChallengeView(CeremonyView):
    """Sends the code of a factor."""

    def idempotency_subject(self) -> UUID | None:
        """Keys belong to whoever gave the password."""
        return ceremony.subject(self.request._request)

    @extend_schema(
        operation_id="session_challenge", request=serializers.FactorBody, responses={202: serializers.SentAnswer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Send a code by mail or text message; an authenticator needs none."""
        step_up = self.step_up()
        given = self.read(serializers.FactorBody)
        try:
            steps.challenge(step_up, given["factor"], now=clock.now())
        except VerificationExpired as error:
            raise self.start_over(error) from error
        return Response({"sent": True}, status=202)


class CodeView(CeremonyView):
    """Takes the code of a factor."""

    @extend_schema(
        operation_id="session_code", request=serializers.FactorCodeBody, responses={200: serializers.SignedInAnswer}
    )
    def post(self, request: Request) -> Response:
        """Sign in with a right code; the session gets a new key and a new CSRF token."""
        step_up = self.step_up()
        given = self.read(serializers.FactorCodeBody)
        now = clock.now()
        try:
            step_up = steps.answer(step_up, given["factor"], given["code"], now=now)
            if steps.is_complete(step_up, now):
                self.finish(step_up, given["factor"])
        except (VerificationExpired, ProofRefused) as error:
            raise self.start_over(error) from error
        return Response(
            {
                "signed_in": steps.is_complete(step_up, now),
                "csrf": get_token(request._request),
                "factors": [as_state(state) for state in steps.factors(step_up)],
            }
        )

    def finish(self, step_up: StepUp, device_id: UUID) -> None:
        """Complete the sign-in with the factor whose code was right."""
        device = ceremony.device(step_up.account_id, device_id)
        if device is None:
            raise WrongCode
        sign_in.complete(self.request._request, step_up.account, device, now=clock.now())


def who(user: Any) -> dict[str, Any] | None:
    """Return who is signed in, None for everybody else: a half-finished sign-in tells nothing."""
    if not second_factor_done(user):
        return None
    account: Account = user
    return {"email": account.email, "phone": account.phone, "name": account.name, "is_staff": account.is_staff}


def as_choice(state: FactorState) -> dict[str, Any]:
    """Return a factor as something to choose."""
    return {"id": state.id, "kind": state.kind.value, "hint": state.hint}


def as_state(state: FactorState) -> dict[str, Any]:
    """Return a factor with what became of it."""
    return {**as_choice(state), "state": state.state}
