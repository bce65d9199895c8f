"""Calls from machines: there is no session, the signature says who calls (accounts.messages.signatures)."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts import clock
from accounts.api.base import ApiView
from accounts.messages.signatures import LEAST_KEY, is_signed

TIME, SIGNATURE = "X-Portal-Time", "X-Portal-Signature"


class NotSigned(AuthenticationFailed):
    """No signature, a wrong one, or one that is too old; which of these is not told."""

    default_code = "not_signed"
    default_detail = _("Sign the call with the key that we share, within a minute.")


class SignedView(ApiView):
    """Base of calls that are signed; without a good key there is no such address."""

    authentication_classes = ()
    permission_classes = ()
    realm = ""

    def key(self) -> str:
        """Return the key that both sides have, empty where none is set."""
        raise NotImplementedError

    def perform_authentication(self, request: Request) -> None:
        """Check the signature before the body is read as anything."""
        key = self.key()
        if len(key) < LEAST_KEY:
            raise Http404
        call = request._request
        if not is_signed(
            key,
            method=str(call.method),
            path=call.get_full_path(),
            body=call.body,
            time=call.headers.get(TIME, ""),
            signature=call.headers.get(SIGNATURE, ""),
            now=clock.now(),
        ):
            raise NotSigned

    def get_authenticate_header(self, request: Request) -> str:
        """Name the scheme, so that the answer is 401."""
        return f'HMAC realm="{self.realm}"'
