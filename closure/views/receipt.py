"""Receipts for people: the page at their secret address, its file, and the check of one that somebody holds (F07)."""

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from accounts.views.pages import FormPage, Page, Tried
from closure.exceptions import ReceiptNotReady
from closure.forms.receipt import ReceiptForm
from closure.models import Receipt
from closure.receipts import checking, document, reading
from closure.receipts.checking import Checked
from closure.receipts.enums import ReceiptAnswer
from closure.views import receipt_words

CONFLICT, TOO_LARGE = 409, 413


class AtReceipt(Tried):
    """Open to whoever has the address. Guessing one is a try of the client's address; search engines keep nothing."""

    forgives = True
    counted = frozenset({"GET", "HEAD"})
    receipt: Receipt

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, and tell search engines to forget it."""
        try:
            answer = super().dispatch(request, *args, **kwargs)
        except ReceiptNotReady:
            answer = render(request, "closure/receipt/soon.html", status=CONFLICT)
        answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return answer

    @staticmethod
    def found(receipt_id: UUID) -> Receipt:
        """Return the receipt at this address; raises Http404, ReceiptNotReady."""
        receipt = reading.find(receipt_id)
        if receipt is None:
            raise Http404
        return receipt


class ReceiptView(AtReceipt, Page):
    """The receipt, on one sheet of paper when it is printed."""

    template_name = "closure/receipt/receipt.html"

    def context(self) -> dict[str, Any]:
        """Return what was signed, in words."""
        receipt = self.found(self.kwargs["receipt"])
        return {
            "receipt_id": receipt.pk,
            "signature": document.signature_text(receipt),
            **receipt_words.shown(json.loads(bytes(receipt.body))),
        }


class ReceiptFileView(AtReceipt, View):
    """The receipt with its signature, exactly as it was signed."""

    def get(self, request: HttpRequest, receipt: UUID) -> HttpResponse:
        """Return the file."""
        found = self.found(receipt)
        return HttpResponse(
            document.file_of(found),
            content_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="receipt-{found.request.reference}.json"'},
        )


@method_decorator(csrf_exempt, name="dispatch")
class VerifyView(Tried, FormPage):
    """Whether a receipt is ours and as we signed it: by file or text, for everybody, without a script."""

    template_name = "closure/receipt/verify.html"
    form_class = ReceiptForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse what is too large before anything reads it, the check of the token included."""
        length = request.headers.get("Content-Length", "")
        if length.isdecimal() and int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return self.answered(Checked(answer=ReceiptAnswer.NOT_A_RECEIPT), status=TOO_LARGE)
        answer: HttpResponseBase = csrf_protect(super().dispatch)(request, *args, **kwargs)
        return answer

    def make_form(self, data: Any = None) -> ReceiptForm:
        """Return the form with its file."""
        return ReceiptForm(data, None if data is None else self.request.FILES)

    def act(self, form: ReceiptForm) -> HttpResponseBase:
        """Check it and say what came of it; nothing is kept."""
        return self.answered(checking.check_file(form.given))

    def answered(self, checked: Checked, *, status: int = 200) -> HttpResponse:
        """Show the answer, with what a genuine receipt says."""
        said = receipt_words.shown(checked.contents) if checked.contents is not None else {}
        context = {"answer": receipt_words.answer(checked.answer), **said}
        return render(self.request, "closure/receipt/checked.html", context, status=status)
