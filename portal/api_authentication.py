"""Who calls the API: the browser's session, its token in a header on everything that may change something."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.api.access import second_factor_done
from accounts.models import Account


class CsrfFailed(PermissionDenied):
    """The token of this session is missing or wrong; Django's reason names internals, so it is not told."""

    default_code = "csrf_failed"
    default_detail = _("Send the header X-CSRFToken with the value of csrf from GET /api/v1/session/.")


class HeaderCsrf(CsrfViewMiddleware):
    """Django's check for scripts too: without a Referer the token alone decides.

    Django asks for a Referer over HTTPS because a cookie can be planted from a plain-HTTP subdomain. Our secret lives
    in the session, whose cookie no other host can set (`__Host-`). A Referer or Origin that is sent must still be ours.
    """

    def _check_referer(self, request: HttpRequest) -> None:
        if request.headers.get("Referer") is not None:
            super()._check_referer(request)  # type: ignore[misc]  # private in the stubs

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def _unused(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def enforce_csrf(request: HttpRequest) -> None:
    """Raise CsrfFailed unless the method is safe or the session's token came along, in the header.

    A form field does not count: Django would read the whole body for it before anything has looked at its size.
    """
    request._post, request._files = QueryDict(), MultiValueDict()  # type: ignore[attr-defined]  # what POST would read
    check = HeaderCsrf(_unused)
    check.process_request(request)
    if check.process_view(request, _unused, (), {}) is not None:
        raise CsrfFailed


class PortalSessionAuthentication(BaseAuthentication):
    """The session cookie. CSRF is enforced before anybody is known: anonymous POSTs need the token as well."""

    def authenticate(self, request: Request) -> tuple[Account, None] | None:
        """Return the account behind the session, None for anonymous; raises CsrfFailed."""
        enforce_csrf(request._request)
        user: Account | AnonymousUser = request._request.user
        return (user, None) if isinstance(user, Account) or user.is_authenticated else None

    def authenticate_header(self, _request: Request) -> str:
        """Name the scheme, so that REST framework answers 401, not 403, to who is not signed in."""
        return 'Session realm="portal"'


class SecondFactorDone(BasePermission):
    """Signed in, and a second factor passed in this session."""

    code = "second_factor_required"
    message = _("Finish signing in with a second factor first.")

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether this session belongs to somebody whose second factor was verified."""
        return second_factor_done(request.user)
