"""What every request passes: the session, its language, the headers of answers, and refusals as pages."""

from collections.abc import Callable
from datetime import UTC, datetime
from math import ceil
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin

from accounts import clock, languages, sessions
from accounts.exceptions import NotAllowed, TooManyAttempts

API_PREFIX = "/api/"
SERVER_ERROR = 500
LONG_AGO = "Thu, 01 Jan 1970 00:00:00 GMT"
# Not "cookies": the same answer may set the cookie of the visitor that the customer becomes, and it is the session row
# that signs out. The portal keeps nothing in the browser's storage; whatever else does is not ours to leave behind.
CLEAR_SITE_DATA = '"cache", "storage"'
UNUSED_FEATURES = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
# Passkeys are made and used by our own pages, and in no frame.
OWN_FEATURES = ("publickey-credentials-create", "publickey-credentials-get")
PERMISSIONS_POLICY = ", ".join(
    [*(f"{feature}=()" for feature in UNUSED_FEATURES), *(f"{feature}=(self)" for feature in OWN_FEATURES)]
)


class SessionMiddleware(DjangoSessionMiddleware):
    """Django's, with one difference: a session that was ended while a request ran loses its cookie, not the answer."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save what changed and keep the cookie in step; an untouched session sets none."""
        session = getattr(request, "session", None)
        if session is None:
            return response
        sent = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if session.accessed:
            patch_vary_headers(response, ("Cookie",))
        if session.has_ended and response.status_code < SERVER_ERROR:
            response.headers["Clear-Site-Data"] = CLEAR_SITE_DATA
        if session.is_empty():
            if sent is not None:
                self._forget(response)
                if sent and not sessions.is_signed(sent):
                    # A row that ended elsewhere: the account was frozen, or signed out on another device.
                    response.headers["Clear-Site-Data"] = CLEAR_SITE_DATA
            return response
        # A failed request keeps nothing, as its transaction does.
        if not session.modified or response.status_code >= SERVER_ERROR:
            return response
        try:
            session.save()
        except UpdateError:
            self._forget(response)
            response.headers["Clear-Site-Data"] = CLEAR_SITE_DATA
        else:
            self._keep(response, session.session_key)
        return response

    @staticmethod
    def _forget(response: HttpResponse) -> None:
        response.set_cookie(settings.SESSION_COOKIE_NAME, max_age=0, expires=LONG_AGO, **_attributes())

    @staticmethod
    def _keep(response: HttpResponse, key: str) -> None:
        # No max age: the cookie ends with the browser, the row or the signature earlier.
        response.set_cookie(settings.SESSION_COOKIE_NAME, key, **_attributes())


def _attributes() -> dict[str, Any]:
    return {
        "secure": settings.SESSION_COOKIE_SECURE,
        "httponly": settings.SESSION_COOKIE_HTTPONLY,
        "samesite": settings.SESSION_COOKIE_SAMESITE,
    }


class LanguageMiddleware:
    """Speaks the visitor's language: what they chose, else what their account says, else what their browser asks for.

    Django's own reads a cookie of its own, and not the session; the portal sets one cookie only.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in that language, and leave none behind for the next request of this thread."""
        language = languages.of_request(request)
        with translation.override(language):
            setattr(request, "LANGUAGE_CODE", language)  # noqa: B010  (templates ask for it by this name)
            response = self.get_response(request)
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", language)
        return response


class HeadersMiddleware(MiddlewareMixin):
    """Headers of every answer, errors before any view included: kept by nobody, for no other origin, no devices.

    The outermost, so that nothing that fails further in goes out without them.
    """

    def process_response(self, _request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add what the view did not say itself."""
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response


class RefusalMiddleware(MiddlewareMixin):
    """Turns refusals that no view caught into pages; the API answers its own in its own form."""

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return 429 with Retry-After, 403 with the reason, or None for everything else."""
        if request.path.startswith(API_PREFIX):
            return None
        if isinstance(error, TooManyAttempts):
            # What has a code of its own has words of its own.
            said = error.message if error.code != TooManyAttempts.code else ""
            response = render(request, "429.html", {"retry_at": error.retry_at, "said": said}, status=429)
            response.headers["Retry-After"] = str(seconds_until(error.retry_at, clock.now()))
            return response
        if isinstance(error, NotAllowed):
            return render(request, "403.html", {"reason_text": error.message}, status=403)
        return None


def seconds_until(moment: datetime, now: datetime) -> int:
    """Return whole seconds to wait, at least one, for a Retry-After header."""
    return max(1, ceil((moment.astimezone(UTC) - now).total_seconds()))
