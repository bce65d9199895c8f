"""Receipts for programs: the signed one at its secret address, and the check of any, without an account (F07)."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers as fields
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import Tried
from accounts.api.parsers import ObjectParser
from accounts.api.serializers import Shape
from accounts.enums import IdentifierKind
from closure.api.serializers import PolicyAnswer
from closure.receipts import checking, document, reading
from closure.receipts.document import KIND
from closure.receipts.enums import LeftBehind, ReceiptAnswer
from closure.retention.enums import RecordClass
from closure.retention.groups import ErasedGroup


class IssuerAnswer(Shape):
    """Who signed it."""

    name = fields.CharField()
    origin = fields.CharField()


class ErasedAnswer(Shape):
    """How many entries of one kind were erased."""

    what = fields.ChoiceField(choices=ErasedGroup.choices)
    count = fields.IntegerField()


class KeptAnswer(Shape):
    """Sealed records of one class: until when at least, and on which legal basis."""

    what = fields.ChoiceField(choices=RecordClass.choices)
    until = fields.DateTimeField()
    basis = fields.CharField()


class BlockedAnswer(Shape):
    """An identifier that no new account may use before `until`; null: never."""

    kind = fields.ChoiceField(choices=IdentifierKind.choices)
    until = fields.DateTimeField(allow_null=True)


class GivenUpAnswer(Shape):
    """What was left behind; NFTs are counted, not named."""

    what = fields.ChoiceField(choices=LeftBehind.choices)
    asset = fields.CharField(allow_blank=True)
    amount = fields.CharField()


class ReceiptContents(Shape):
    """What was signed, version 1 (docs/receipts.md)."""

    v = fields.IntegerField()
    kind = fields.CharField(help_text=KIND)
    reference = fields.CharField()
    closed_at = fields.DateTimeField()
    issuer = IssuerAnswer()
    policy = PolicyAnswer()
    erased = ErasedAnswer(many=True)
    removed_at_exchange = fields.ListField(child=fields.CharField())
    kept = KeptAnswer(many=True)
    stays_without_personal_data = fields.ListField(child=fields.CharField())
    stays_public = fields.ListField(child=fields.CharField())
    blocked = BlockedAnswer(many=True)
    given_up = GivenUpAnswer(many=True)
    journal_head = fields.CharField(help_text="Hash of the last event of the account when the receipt was written")
    key = fields.CharField(help_text="Name of the key that signed, as /.well-known/receipt-keys.json has it")


class SignedReceipt(Shape):
    """A receipt with its signature: Ed25519 over the canonical JSON of `receipt`, in base64."""

    receipt = ReceiptContents()
    signature = fields.CharField()


class CheckedAnswer(Shape):
    """Whether a receipt is ours and as we signed it."""

    valid = fields.BooleanField()
    reason = fields.ChoiceField(choices=ReceiptAnswer.choices)


class ReceiptParser(ObjectParser):
    """As large as a receipt may be."""

    most = checking.MAX_BYTES


class ReceiptView(Tried):
    """One receipt. Guessing an address is a try."""

    permission_classes = (AllowAny,)
    forgives = True
    counted = frozenset({"GET", "HEAD"})

    @extend_schema(operation_id="receipts_get", responses={200: SignedReceipt})
    def get(self, request: Request, receipt: UUID) -> HttpResponse:
        """Return the signed receipt of a closed account, byte for byte as its file; 409 while closing goes on."""
        found = reading.find(receipt)
        if found is None:
            raise Http404
        return HttpResponse(document.file_of(found), content_type="application/json")


class VerifyView(Tried):
    """Checks a receipt."""

    permission_classes = (AllowAny,)
    parser_classes = (ReceiptParser,)

    @extend_schema(operation_id="receipts_verify", request=SignedReceipt, responses={200: CheckedAnswer})
    def post(self, request: Request) -> Response:
        """Tell whether a receipt is ours and unchanged; whatever else is sent is told to be none."""
        given: Any = request.data
        answer = checking.check_value(given).answer
        return Response({"valid": answer is ReceiptAnswer.VALID, "reason": answer.value})
