"""Taking records along: the list, one page for each kind of file, and the file itself (B10)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Purpose
from accounts.exceptions import ProofRefused
from accounts.views.guarded import INTRO, GuardedPage
from accounts.views.pages import Page, SignedIn
from closure import export_access
from closure.api.download import attachment
from closure.enums import ExportKind
from closure.exceptions import ExportNotReady, FileLost
from closure.export_access import Holder
from closure.exports.contents import contents
from closure.operations.export import ask
from closure.views import tiles
from closure.views.pages import draft_of

LIST, ONE, FILE = "security-records", "security-record", "security-record-file"


class RecordsView(SignedIn, Page):
    """What there is to take along, and how far each file is."""

    template_name = "closure/records/list.html"

    def context(self) -> dict[str, Any]:
        """Return a tile for each kind."""
        return {"tiles": tiles.every(Holder(account=self.account), page=ONE, now=clock.now())}


class RecordView(GuardedPage):
    """One kind of file: a fresh factor first, so that whoever found a browser open takes nothing along (D07)."""

    template_name = "closure/records/one.html"
    purpose = Purpose.EXPORT_DATA

    def prepare(self) -> HttpResponseBase | None:
        """Find the kind and whether this browser has proven itself; staff have no records here."""
        self.kind = ExportKind(self.kwargs["kind"])
        self.holder = Holder(account=self.account)
        if export_access.offered_until(self.holder, now=self.now) is None:
            return redirect("security")
        self.open_until = export_access.open_until(self.request.session, self.holder, self.kind, now=self.now)
        return None

    def subject(self) -> tuple[str, ...]:
        """Return the kind of file that the verification is for."""
        return (self.kind.value,)

    def doing(self) -> str:
        """Say what is verified."""
        return _("You want to download: %(name)s.") % {"name": self.kind.label}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask for the file once more where this browser has proven itself, else do what the verification needs."""
        gone = self._open()
        if gone is not None or "ask" not in request.POST:
            return gone or super().post(request, *args, **kwargs)
        if self.open_until is not None and self.stage == INTRO:
            ask(self.holder, self.kind, now=self.now)
        return redirect(request.path)

    def context(self) -> dict[str, Any]:
        """Return the file and how far it is; while it is open here there is nothing to verify."""
        leaving = draft_of(self.account) is not None
        return {
            "tile": tiles.one(self.holder, self.kind, page=ONE, now=self.now),
            "columns": tiles.columns(self.kind),
            "file_url": reverse(FILE, args=[self.kind.value]),
            "open_until": self.open_until,
            "blocked": self.open_until is not None,
            "back_url": reverse("close-export" if leaving else LIST),
            "back_text": _("Back to closing your account") if leaving else _("Back to your records"),
        }

    def verified(self) -> None:
        """Open this kind of file for the browser that gave the code alone, and ask for it where there is none."""
        if self.step_up is None:
            raise ProofRefused
        export_access.open_kind(self.request.session, self.holder, self.kind, self.step_up, now=self.now)
        if self.kind.value not in export_access.exports_of(self.holder, now=self.now):
            ask(self.holder, self.kind, now=self.now)

    def carry_out(self, form: forms.Form) -> HttpResponseBase:
        """Refuse: a verification that another browser completed opens nothing here."""
        raise ProofRefused


class RecordFileView(SignedIn):
    """The file for its owner, after a fresh factor."""

    def get(self, request: HttpRequest, *, kind: str) -> HttpResponseBase:
        """Return the file, or lead to the page that asks for a factor and says how far it is."""
        return answer(request, Holder(account=self.account), ExportKind(kind), page=ONE)


def answer(request: HttpRequest, holder: Holder, kind: ExportKind, *, page: str) -> HttpResponseBase:
    """Return the file where this browser may have it now, else lead to its page, which says why not."""
    now = clock.now()
    elsewhere = redirect(page, kind=kind.value)
    export = export_access.exports_of(holder, now=now).get(kind.value)
    if export is None or export_access.open_until(request.session, holder, kind, now=now) is None:
        return elsewhere
    try:
        return attachment(export, contents(export, now=now))
    except (ExportNotReady, FileLost) as error:
        messages.error(request, error.message)
        return elsewhere
