"""What a browser needs to use or make a passkey, as JSON: for the verification that is open in this session."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views import View

from accounts import clock, sign_in
from accounts.enums import Purpose, SessionKind
from accounts.exceptions import PortalError, TooManyAttempts
from accounts.middleware import seconds_until
from accounts.models import Account, StepUp
from accounts.verification import passkeys

OF_STATUS = frozenset({Purpose.CANCEL_CLOSURE, Purpose.ANSWER_QUESTION, Purpose.REACTIVATE})
CONFLICT, TOO_MANY, NOT_FOUND = 409, 429, 404


class OptionsView(View):
    """Answers `{step_up, factor}`; without a factor, for a new passkey. By POST: it makes a challenge."""

    http_method_names = ("post",)

    def find(self, request: HttpRequest) -> StepUp | None:
        """Return the verification that this session may answer."""
        return own_step_up(request, request.POST.get("step_up", ""))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        """Make a challenge for one's own verification and no other."""
        step_up = self.find(request)
        factor = _uuid(request.POST.get("factor", ""))
        if step_up is None or (factor is None and not isinstance(request.user, Account)):
            return _problem(_("The time is over. Load the page again."), status=NOT_FOUND)
        now = clock.now()
        try:
            if factor is None:
                options = passkeys.registration_options(step_up, step_up.account, now=now)
            else:
                options = passkeys.assertion_options(step_up, factor, now=now)
        except TooManyAttempts as error:
            answer = _problem(error.message, status=TOO_MANY)
            answer.headers["Retry-After"] = str(seconds_until(error.retry_at, now))
            return answer
        except PortalError as error:
            return _problem(error.message, status=CONFLICT)
        return JsonResponse(options)


def own_step_up(request: HttpRequest, text: str) -> StepUp | None:
    """Return the open verification of this id if it belongs to whoever this session belongs to, and to its kind."""
    session: Any = request.session
    wanted, named = _uuid(text), session.subject
    if wanted is None or named is None:
        return None
    kind, account_id = named
    mine = StepUp.objects.filter(pk=wanted, account_id=account_id, used_at=None, replaced_at=None)
    mine = mine.select_related("account")
    if kind is SessionKind.SIGNING_IN:
        return mine.filter(purpose=Purpose.SIGN_IN).first() if session.get(sign_in.STEP_UP) == str(wanted) else None
    if kind is SessionKind.STATUS:
        return mine.filter(purpose__in=sorted(OF_STATUS)).first()
    user: Any = request.user
    if not isinstance(user, Account) or not user.is_verified():  # type: ignore[attr-defined]  # set by django-otp
        return None
    return mine.exclude(purpose__in=sorted(OF_STATUS | {Purpose.SIGN_IN})).first()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _problem(detail: str, *, status: int) -> JsonResponse:
    return JsonResponse({"detail": detail}, status=status)
