"""What mail and text providers report back: bounces and complaints, in signed calls (docs/operations.md)."""

from typing import Any

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import clock
from accounts.api.base import ApiView
from accounts.enums import DeliveryOutcome, MessageChannel
from accounts.exceptions import BadIdentifier
from accounts.messages import bounces
from accounts.messages.signatures import LEAST_KEY, is_signed

TIME, SIGNATURE = "X-Portal-Time", "X-Portal-Signature"
MOST = 100


class NotSigned(AuthenticationFailed):
    """No signature, a wrong one, or one that is too old; which of these is not told."""

    default_code = "not_signed"
    default_detail = _("Sign the call with the key of message events, within a minute.")


class ReportSerializer(serializers.Serializer[Any]):
    """One report of a provider."""

    id = serializers.CharField(max_length=200)
    channel = serializers.ChoiceField(choices=MessageChannel.choices)
    outcome = serializers.ChoiceField(choices=DeliveryOutcome.choices)
    to = serializers.CharField(max_length=320)
    at = serializers.DateTimeField()


class ReportsSerializer(serializers.Serializer[Any]):
    """Some reports."""

    events = serializers.ListField(child=ReportSerializer(), max_length=MOST)


class TakenSerializer(serializers.Serializer[Any]):
    """How many were new, were known already, or named no address."""

    taken = serializers.IntegerField()
    known = serializers.IntegerField()
    unreadable = serializers.IntegerField()


class MessageEventsView(ApiView):
    """Reports of bounces and complaints. There is no session here: the signature says who calls."""

    authentication_classes = ()
    permission_classes = ()

    def perform_authentication(self, request: Request) -> None:
        """Check the signature before the body is read as anything."""
        if len(settings.MESSAGE_EVENTS_KEY) < LEAST_KEY:
            raise Http404
        call = request._request
        if not is_signed(
            settings.MESSAGE_EVENTS_KEY,
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
        return 'HMAC realm="message events"'

    @extend_schema(request=ReportsSerializer, responses=TakenSerializer, auth=[])
    def post(self, request: Request) -> Response:
        """Report what became of messages.

        Each report is taken once, by its id. An address that bounces for good gets nothing more until staff resolved
        the case that this opens. `X-Portal-Time` is the time in seconds since 1970; `X-Portal-Signature` is the
        HMAC-SHA256, in hex, of method, path, SHA-256 of the body in hex, and that time, joined by line feeds.
        """
        count = {True: 0, False: 0}
        unreadable, now = 0, clock.now()
        for said in self.read(ReportsSerializer)["events"]:
            try:
                count[bounces.take(_report(said), now=now)] += 1
            except BadIdentifier:
                unreadable += 1
        return Response({"taken": count[True], "known": count[False], "unreadable": unreadable})


def _report(said: dict[str, Any]) -> bounces.Report:
    return bounces.Report(
        report_id=said["id"],
        channel=MessageChannel(said["channel"]),
        outcome=DeliveryOutcome(said["outcome"]),
        to=said["to"],
        at=said["at"],
    )
