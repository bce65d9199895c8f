"""A half-finished sign-in, as the session remembers it; page and API can finish each other's."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.middleware.csrf import CSRF_SESSION_KEY

from accounts import sign_in
from accounts.enums import SessionKind
from accounts.models import DEVICE_CLASSES, Account, BaseDevice, StepUp


def remember(request: HttpRequest, account: Account, step_up: StepUp) -> bool:
    """Tie the session to the account that gave its password; False when sign-in was closed meanwhile.

    The CSRF secret stays until the sign-in is complete.
    """
    return sign_in.remember(request, account, step_up, kept=(CSRF_SESSION_KEY,))


def subject(request: HttpRequest) -> UUID | None:
    """Return the account that gave its password in this session, None when nobody did."""
    session: Any = request.session
    named = session.subject
    return named[1] if named is not None and named[0] is SessionKind.SIGNING_IN else None


def current(request: HttpRequest) -> StepUp | None:
    """Return the verification of this session's half-finished sign-in; None when there is none or it was replaced."""
    account_id = subject(request)
    if account_id is None:
        return None
    open_rows = StepUp.objects.filter(account_id=account_id, used_at=None, replaced_at=None)
    remembered: str = request.session.get(sign_in.STEP_UP, "")
    return open_rows.filter(pk=remembered).select_related("account").first() if remembered else None


def device(account_id: UUID, device_id: UUID) -> BaseDevice | None:
    """Return a confirmed device of the account."""
    for device_class in DEVICE_CLASSES:
        devices: Any = device_class.objects
        found: BaseDevice | None = devices.filter(user_id=account_id, pk=device_id, confirmed=True).first()
        if found is not None:
            return found
    return None
