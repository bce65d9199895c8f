"""What mail and text providers report back: bounces and complaints, in signed calls (docs/operations.md)."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import clock
from accounts.api.signed import SignedView
from accounts.enums import DeliveryOutcome, MessageChannel
from accounts.exceptions import BadIdentifier
from accounts.messages import bounces

MOST = 100


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


class MessageEventsView(SignedView):
    """Reports of bounces and complaints."""

    realm = "message events"

    def key(self) -> str:
        """Return the key of the providers."""
        return settings.MESSAGE_EVENTS_KEY

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
