"""The account of the caller, and whether it may close."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import clock
from closure import captcha, queries
from closure.api import answers, serializers
from closure.api.calls import CustomerView
from closure.operations.captcha import is_asked_of
from closure.operations.opening import check_account


class AccountView(CustomerView):
    """The signed-in account."""

    @extend_schema(operation_id="account_show", responses=serializers.AccountAnswer)
    def get(self, request: Request) -> Response:
        """Show contact, status, identity level, restrictions and what there is to do."""
        return Response(answers.account(self.account, now=clock.now()))


class CaptchaView(CustomerView):
    """The captcha of closing."""

    @extend_schema(operation_id="captcha_show", responses=serializers.CaptchaAnswer)
    def get(self, request: Request) -> Response:
        """Make a challenge of the captcha, where the policy of the draft, or the one in force, asks for one."""
        if not is_asked_of(queries.open_of(self.account)):
            raise Http404
        return Response(captcha.challenge(self.account, now=clock.now()))


class PreflightView(CustomerView):
    """The account check."""

    @extend_schema(operation_id="preflight_run", request=None, responses={200: serializers.CheckAnswer})
    def post(self, request: Request) -> Response:
        """Check every area now; nothing but the check is kept."""
        return Response(answers.check(check_account(self.account, actor=self.actor, now=clock.now())))
