"""Saving records before leaving: the transactions as a CSV download, then on to the codes."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from django import forms
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Purpose
from accounts.exceptions import ProofRefused
from accounts.views.errors import unavailable
from accounts.views.guarded import GuardedPage
from accounts.views.pages import SignedIn
from closure import export_access
from closure.enums import Step
from closure.exchange.errors import GatewayError
from closure.operations.export import mark_exported, transactions_csv
from closure.operations.verify import begin_verification, send_needed
from closure.views import words
from closure.views.pages import JourneyPage


class ExportView(JourneyPage):
    """The last chance to download, and the time limit of the next step said before it starts (B10, D02)."""

    template_name = "closure/export.html"
    form_class = forms.Form
    step = Step.EXPORT

    def context(self) -> dict[str, Any]:
        """Return the time limit in words."""
        return {"limit_text": words.limit(self.policy)}

    def act(self, form: forms.Form) -> HttpResponseBase:
        """Remember that it was offered, send the codes that will be needed, go on."""
        now = clock.now()
        mark_exported(self.draft.pk, skipped="skip" in self.request.POST, actor=self.actor, now=now)
        send_needed(self.draft, begin_verification(self.draft.pk, now=now), now=now)
        return self.go_on()


class ExportCodeView(GuardedPage):
    """A fresh factor before the file: whoever found a browser open downloads nothing (D07)."""

    template_name = "closure/export_code.html"
    purpose = Purpose.EXPORT_DATA

    def subject(self) -> tuple[str, ...]:
        """Return the file that the verification is for."""
        return (export_access.TRANSACTIONS,)

    def doing(self) -> str:
        """Say what is verified."""
        return _("You want to download all your transactions.")

    def context(self) -> dict[str, Any]:
        """Return until when the file is open here; while it is, there is nothing to verify."""
        until = export_access.open_until(self.request.session, self.account, now=self.now)
        return {
            "open_until": until,
            "blocked": until is not None,
            "back_url": reverse("close-export"),
            "back_text": _("Back to closing your account"),
        }

    def verified(self) -> None:
        """Open the file at once, for the browser that gave the code alone."""
        export_access.open_file(self.request.session, self.proof(), now=self.now)

    def carry_out(self, form: forms.Form) -> HttpResponseBase:
        """Refuse: a verification that another browser completed opens nothing here."""
        raise ProofRefused


class ExportFileView(SignedIn):
    """The transactions of the signed-in owner, streamed, after a fresh factor."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Return the file, or lead to the page that asks for a factor; 503 when the core does not answer."""
        if export_access.open_until(request.session, self.account, now=clock.now()) is None:
            return redirect("close-export-code")
        lines = transactions_csv(self.account.pk)
        try:
            first = list(islice(lines, 1))
        except GatewayError:
            return unavailable(request)
        return StreamingHttpResponse(
            _encoded(chain(first, lines)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="transactions.csv"'},
        )


def _encoded(lines: Iterator[str]) -> Iterator[bytes]:
    for line in lines:
        yield line.encode()
