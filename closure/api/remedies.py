"""Remedies by the API: look, verify where it is asked, do. The same operations as the pages."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers as fields
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import clock
from accounts.api.base import KEY, KEY_HEADER, idempotent
from accounts.api.serializers import CodeBody, Shape
from accounts.enums import SECOND_FACTORS
from accounts.exceptions import ProofRefused
from accounts.models import StepUp
from accounts.verification import changes
from accounts.verification import step_up as steps
from accounts.verification.step_up import StepUpProof
from closure.api import answers, serializers
from closure.api.calls import CustomerView
from closure.enums import MoveState, RemedyCode, RemedyState
from closure.exceptions import UnknownRemedy
from closure.forms.remedy import MAX_DIGEST, MAX_ITEM
from closure.models import RemedyRun
from closure.operations import remedy
from closure.preflight import remedies
from closure.preflight.remedies.remedy import Look, Preview
from closure.preflight.remedies.wordings import Line, refusal, say

# Which verification this very session began: what another one did is not its own.
BEGUN = "remedy_verification"
ITEM = OpenApiParameter("item", str, description="One of `options`, where there are any")


class ItemBody(Shape):
    """What the remedy is about."""

    item = fields.CharField(max_length=MAX_ITEM, allow_blank=True, default="")


class DoBody(ItemBody):
    """The confirmation of exactly what was shown."""

    confirm = fields.CharField(max_length=MAX_DIGEST, help_text="`confirm` of the preview")
    name = fields.CharField(max_length=MAX_ITEM, allow_blank=True, default="", help_text="Of what is given up")


class MoneyAnswer(Shape):
    """So much of an asset."""

    amount = fields.CharField()
    asset = fields.CharField()


class EffectAnswer(Shape):
    """One thing that would happen."""

    call = fields.CharField()
    text = fields.CharField()


class OptionAnswer(Shape):
    """Something that the remedy can be about."""

    item = fields.CharField()
    text = fields.CharField()


class RemedyPreviewAnswer(Shape):
    """Exactly what would happen now; `confirm` is null where one of `options` has to be named first."""

    code = fields.ChoiceField(choices=RemedyCode.choices)
    item = fields.CharField()
    options = OptionAnswer(many=True)
    effects = EffectAnswer(many=True)
    notes = fields.ListField(child=fields.CharField())
    fee = MoneyAnswer(allow_null=True)
    receives = MoneyAnswer(allow_null=True)
    settles = fields.DateTimeField(allow_null=True)
    needs_verification = fields.BooleanField(help_text="A fresh second factor for exactly this action")
    confirm = fields.CharField(allow_null=True)


class MoveAnswer(Shape):
    """What became of one move."""

    call = fields.CharField()
    text = fields.CharField()
    state = fields.ChoiceField(choices=[state.value for state in MoveState])
    reason = fields.CharField(help_text="Why the core refused, as a code; empty where it did not")
    detail = fields.CharField(help_text="The same in words")


class RemedyDoneAnswer(Shape):
    """What became of a remedy."""

    code = fields.ChoiceField(choices=RemedyCode.choices)
    state = fields.ChoiceField(choices=RemedyState.choices)
    results = MoveAnswer(many=True)


class RemedyCall(CustomerView):
    """A call about one remedy."""

    def look(self, code: str, item: str) -> Look:
        """Return what it would do now."""
        return remedy.look(self.account, code, item, actor=self.actor, now=clock.now())

    def shown(self, code: str, item: str) -> Preview:
        """Return the preview of the one that is meant; raises UnknownRemedy where that is open."""
        found = self.look(code, item).preview
        if found is None:
            raise UnknownRemedy
        return found


class RemedyView(RemedyCall):
    """One remedy."""

    @extend_schema(operation_id="remedy_preview", parameters=[ITEM], responses=RemedyPreviewAnswer)
    def get(self, request: Request, code: str) -> Response:
        """Show exactly what it would do; nothing moves."""
        return Response(_preview(code, self.look(code, request.query_params.get("item", "")[:MAX_ITEM])))

    @extend_schema(operation_id="remedy_do", parameters=[KEY_HEADER], request=DoBody, responses={200: RemedyDoneAnswer})
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        """Do what was shown. It needs an Idempotency-Key; 503 `not_certain`: ask again with the same one."""
        key = request.headers.get("Idempotency-Key", "")
        if not KEY.fullmatch(key):
            raise ParseError(_("This call moves something: send an Idempotency-Key."))
        given = self.read(DoBody)
        known = remedy.by_key(self.account, key)
        proof = None if known is not None else self._proof(code, given["item"])
        run = remedy.carry_out(
            self.account,
            code,
            given["item"],
            confirmed=given["confirm"],
            key=key,
            name=given["name"],
            proof=proof,
            actor=self.actor,
            now=clock.now(),
        )
        return Response(_done(run))

    def _proof(self, code: str, item: str) -> StepUpProof | None:
        purpose = remedies.find(code).purpose
        if purpose is None:
            return None
        shown, now = self.shown(code, item), clock.now()
        found = changes.running(self.account, purpose, *remedy.subject(shown))
        if found is None or self.request.session.get(BEGUN) != str(found.pk):
            raise ProofRefused
        return changes.prove(self.account, purpose, *remedy.subject(shown), now=now)


class RemedyVerificationView(RemedyCall):
    """The verification of a remedy that sends, sells or takes away."""

    @extend_schema(operation_id="remedy_verify", request=ItemBody, responses={201: serializers.VerificationAnswer})
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        """Begin it, for exactly what the preview shows."""
        purpose, shown = remedies.find(code).purpose, self.shown(code, self.read(ItemBody)["item"])
        if purpose is None:
            raise UnknownRemedy
        begun = changes.begin(self.account, purpose, *remedy.subject(shown), kinds=SECOND_FACTORS, now=clock.now())
        request.session[BEGUN] = str(begun.pk)
        return Response(answers.verification_state(begun), status=201)


class RemedyFactorView(RemedyCall):
    """A factor of the verification that runs."""

    def running(self, code: str, factor: UUID) -> StepUp:
        """Return the verification that this session began; raises ProofRefused, Http404 for another's factor."""
        purpose = remedies.find(code).purpose
        found = None if purpose is None else steps.current(self.account.pk, purpose)
        if found is None or self.request.session.get(BEGUN) != str(found.pk):
            raise ProofRefused
        if str(factor) not in {state.id for state in steps.factors(found)}:
            raise Http404
        return found

    @extend_schema(operation_id="remedy_answer", request=CodeBody, responses={200: serializers.VerificationAnswer})
    @idempotent
    def post(self, request: Request, code: str, factor: UUID) -> Response:
        """Give a code; the answer has the state of all factors."""
        given, now = self.read(CodeBody), clock.now()
        answered = steps.answer(self.running(code, factor), factor, given["code"], now=now)
        if steps.is_complete(answered, now):
            request.session.cycle_key()
        return Response(answers.verification_state(answered))


class RemedyChallengeView(RemedyFactorView):
    """Sends the code of a factor."""

    @extend_schema(operation_id="remedy_challenge", request=None, responses={202: serializers.VerificationAnswer})
    @idempotent
    def post(self, request: Request, code: str, factor: UUID) -> Response:
        """Send a code by text message; an authenticator needs none."""
        running = self.running(code, factor)
        steps.challenge(running, factor, now=clock.now())
        return Response(answers.verification_state(running), status=202)


def _preview(code: str, found: Look) -> dict[str, Any]:
    shown = found.preview
    return {
        "code": code,
        "item": shown.item if shown else "",
        "options": [{"item": each.item, "text": say(each.line)} for each in found.options],
        "effects": [{"call": move.call.value, "text": say(move.line)} for move in shown.moves] if shown else [],
        "notes": [say(line) for line in shown.notes] if shown else [],
        "fee": {"amount": shown.fee.text, "asset": shown.fee.asset} if shown and shown.fee else None,
        "receives": {"amount": shown.receives.text, "asset": shown.receives.asset}
        if shown and shown.receives
        else None,
        "settles": shown.settles if shown else None,
        "needs_verification": remedies.find(code).purpose is not None,
        "confirm": shown.digest if shown else None,
    }


def _done(run: RemedyRun) -> dict[str, Any]:
    return {
        "code": run.code,
        "state": run.state,
        "results": [
            {
                "call": move["call"],
                "text": say(Line(*move["line"])),
                "state": move["state"],
                "reason": move["reason"],
                "detail": refusal(move["reason"]) if move["reason"] else "",
            }
            for move in run.moves
        ],
    }
