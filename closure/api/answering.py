"""Answering what staff asked about a request, in the status session of its link and with a fresh factor (A17, E07)."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers as fields
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import clock
from accounts.api.base import idempotent
from accounts.api.serializers import Shape
from closure import questions
from closure.api.status import EndedAnswer, StatusAware
from closure.forms.status import MAX_ANSWER
from closure.operations import hold


class QuestionAnswer(Shape):
    """What we want to know; empty where nothing waits for an answer."""

    question = fields.CharField()


class AnswerBody(Shape):
    """What our question is answered with."""

    text = fields.CharField(max_length=MAX_ANSWER)


class AnswerView(StatusAware):
    """The question about a request that is held for it."""

    @extend_schema(operation_id="closures_question", responses={200: QuestionAnswer})
    def get(self, request: Request, reference: str) -> Response:
        """Read the question."""
        return Response({"question": questions.asked(self.in_status(reference).request)})

    @extend_schema(operation_id="closures_answer", request=AnswerBody, responses={200: EndedAnswer})
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        """Answer, with the fresh factor that this session gave for it before; the review goes on.

        Begin with `verification/` and the action `answer`. It stays held where something else holds it too.
        """
        found, given = self.in_status(reference), self.read(AnswerBody)
        done = hold.answer(
            found.request.pk, given["text"], step_up_id=self.verified(), actor=found.actor, now=clock.now()
        )
        return Response({"reference": done.reference, "state": done.state})
