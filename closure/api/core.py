"""What the exchange core tells us: deposits, restrictions and activity, in signed calls (docs/operations.md)."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import clock, core_restrictions
from accounts.api.signed import SignedView
from accounts.enums import RestrictionKind, RestrictionMove
from closure import claims
from closure.claims import Report, Taken
from closure.dormancy import activity
from closure.enums import CoreActivityKind, CoreEventKind
from closure.exchange import amounts
from closure.models.deposit_claim import AMOUNT_LENGTH, ASSET_LENGTH, EVENT_ID_LENGTH

MOST = 100


class DepositSerializer(serializers.Serializer[Any]):
    """One deposit. `late_deposit` says that the core did not credit it, because deposits were locked."""

    id = serializers.CharField(max_length=EVENT_ID_LENGTH)
    kind = serializers.ChoiceField(choices=CoreEventKind.choices)
    account = serializers.UUIDField()
    asset = serializers.CharField(max_length=ASSET_LENGTH)
    amount = serializers.CharField(max_length=AMOUNT_LENGTH)
    at = serializers.DateTimeField()

    def validate_amount(self, text: str) -> str:
        """Refuse what is no amount, or nothing."""
        try:
            amount = amounts.read(text)
        except amounts.BadAmount as error:
            raise serializers.ValidationError(f"{_('The amount')} {error}.") from error
        if not amount:
            raise serializers.ValidationError(_("The amount is nothing."))
        return text


class DepositsSerializer(serializers.Serializer[Any]):
    """Some deposits."""

    events = serializers.ListField(child=DepositSerializer(), max_length=MOST)


class DepositsTakenSerializer(serializers.Serializer[Any]):
    """How many were late and opened a claim, were known, are the core's own to credit, or could not be taken."""

    claimed = serializers.IntegerField()
    known = serializers.IntegerField()
    credited = serializers.IntegerField()
    unknown_account = serializers.IntegerField()
    contradicted = serializers.IntegerField()


class ActivitySerializer(serializers.Serializer[Any]):
    """A sign-in or a trade of an account's owner at the core, and when."""

    account = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=CoreActivityKind.choices)
    at = serializers.DateTimeField()


class ActivitiesSerializer(serializers.Serializer[Any]):
    """Some of what owners did."""

    events = serializers.ListField(child=ActivitySerializer(), max_length=MOST)


class ActivityTakenSerializer(serializers.Serializer[Any]):
    """How many moved the date of the last activity, woke an account, told nothing new, or named no living account."""

    noted = serializers.IntegerField()
    woken = serializers.IntegerField()
    known = serializers.IntegerField()
    unknown_account = serializers.IntegerField()


class RestrictionSerializer(serializers.Serializer[Any]):
    """One restriction placed or lifted at the core; `at` orders what is told about one kind of an account."""

    id = serializers.CharField(max_length=EVENT_ID_LENGTH)
    move = serializers.ChoiceField(choices=RestrictionMove.choices)
    kind = serializers.ChoiceField(choices=RestrictionKind.choices)
    account = serializers.UUIDField()
    at = serializers.DateTimeField()


class RestrictionsSerializer(serializers.Serializer[Any]):
    """Some of them, in the order in which they happened."""

    events = serializers.ListField(child=RestrictionSerializer(), max_length=MOST)


class RestrictionsTakenSerializer(serializers.Serializer[Any]):
    """How many were placed, lifted, proposed for staff to decide, changed nothing, were known, or were not taken."""

    placed = serializers.IntegerField()
    lifted = serializers.IntegerField()
    proposed = serializers.IntegerField()
    nothing = serializers.IntegerField()
    known = serializers.IntegerField()
    unknown_account = serializers.IntegerField()
    contradicted = serializers.IntegerField()


class CoreView(SignedView):
    """Base of what the core reports."""

    realm = "exchange core"

    def key(self) -> str:
        """Return the key of the exchange core."""
        return settings.PORTAL_GATEWAY_KEY


class CoreActivityView(CoreView):
    """What owners did at the core."""

    @extend_schema(request=ActivitiesSerializer, responses=ActivityTakenSerializer, auth=[])
    def post(self, request: Request) -> Response:
        """Report sign-ins and trades.

        The last activity of an account moves forward only, so the same report changes nothing twice. An inactive
        account is active again; a dormant one where the policy does not lock it. Signed as `core/deposits/` is.
        """
        now = clock.now()
        counts = dict.fromkeys((seen.value for seen in activity.Seen), 0)
        for told in self.read(ActivitiesSerializer)["events"]:
            counts[activity.seen(told["account"], at=told["at"], now=now).value] += 1
        return Response(counts)


class CoreDepositsView(CoreView):
    """Deposits that the core reports."""

    @extend_schema(request=DepositsSerializer, responses=DepositsTakenSerializer, auth=[])
    def post(self, request: Request) -> Response:
        """Report deposits.

        A late one opens a claim, once, by the core's own id: the same that `events_since` gives. Signed with
        PORTAL_GATEWAY_KEY, as `messages/events/` is with its key.
        """
        now = clock.now()
        counts = dict.fromkeys((taken.value for taken in Taken), 0)
        for told in self.read(DepositsSerializer)["events"]:
            counts[claims.take(_report(told), now=now).value] += 1
        return Response(counts)


def _report(told: dict[str, Any]) -> Report:
    return Report(
        event_id=told["id"],
        kind=CoreEventKind(told["kind"]),
        account_id=told["account"],
        asset=told["asset"],
        amount=told["amount"],
        at=told["at"],
    )


class CoreRestrictionsView(CoreView):
    """Restrictions that the core places and lifts."""

    @extend_schema(request=RestrictionsSerializer, responses=RestrictionsTakenSerializer, auth=[])
    def post(self, request: Request) -> Response:
        """Report restrictions.

        Each event is taken once, by the core's own id, and all of a call or none is read: one of an unknown kind is
        refused with all of its call, which may be sent again. A report of `lifted` ends a negative balance; any other
        lift is proposed to our staff, who decide.
        """
        now = clock.now()
        counts = dict.fromkeys((taken.value for taken in core_restrictions.Taken), 0)
        for told in self.read(RestrictionsSerializer)["events"]:
            report = core_restrictions.Report(
                event_id=told["id"],
                account_id=told["account"],
                kind=RestrictionKind(told["kind"]),
                move=RestrictionMove(told["move"]),
                at=told["at"],
            )
            counts[core_restrictions.take(report, now=now).value] += 1
        return Response(counts)
