"""Taking records along while the account is frozen, within a status session, where the pinned policy allows (E07)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from accounts import clock
from accounts.models import StepUp
from accounts.views.pages import Page
from closure import export_access, offers
from closure.enums import ExportKind
from closure.export_access import Holder
from closure.operations.export import ask
from closure.views import tiles
from closure.views.records import answer
from closure.views.status import InStatus
from closure.views.stopping import FreshFactorPage

ONE, FILE = "status-record", "status-record-file"


class OfVisit(InStatus):
    """A page about the records of whoever is looking at the request."""

    @property
    def holder(self) -> Holder:
        """The owner within this session."""
        return Holder(account=self.visit.request.account, visit=self.visit)


class StatusRecordsView(OfVisit, Page):
    """What there is to take along, and until when."""

    template_name = "closure/status/records.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the list where it is offered."""
        now = clock.now()
        until = offers.export_until(self.visit.request, now=now)
        if until is None:
            return redirect("status-open")
        return self.show(closure=self.visit.request, until=until, tiles=tiles.every(self.holder, page=ONE, now=now))


class StatusRecordView(OfVisit, FreshFactorPage):
    """One kind of file: a code of another channel than the link's, then the file (invariant 18)."""

    template_name = "closure/status/record.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find out which kind it is about."""
        self.action = self.kind = ExportKind(kwargs["kind"])
        return super().dispatch(request, *args, **kwargs)

    def offered(self) -> bool:
        """Where the pinned policy says so, until its date."""
        return offers.export_until(self.visit.request, now=self.now) is not None

    def open_until(self) -> Any:
        """Until when this browser may have it, None before it gave a code."""
        return export_access.open_until(self.request.session, self.holder, self.kind, now=self.now)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask for the file once more where a code was given, else send or check one."""
        if "ask" not in request.POST or not self.offered():
            return super().post(request, *args, **kwargs)
        if self.open_until() is not None:
            ask(self.holder, self.kind, now=self.now)
        return self.here()

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """Show the factors, or the file and how far it is."""
        return super().show(
            status=status,
            tile=tiles.one(self.holder, self.kind, page=ONE, now=self.now),
            columns=tiles.columns(self.kind),
            file_url=reverse(FILE, args=[self.kind.value]),
            open_until=self.open_until(),
            **more,
        )

    def carry_out(self, step_up: StepUp, form: Any) -> None:
        """Open this kind of file for this session, and ask for it where there is none."""
        self.request.session.cycle_key()
        export_access.open_kind(self.request.session, self.holder, self.kind, step_up, now=self.now)
        if self.kind.value not in export_access.exports_of(self.holder, now=self.now):
            ask(self.holder, self.kind, now=self.now)

    def here(self) -> HttpResponseBase:
        """Come back to this kind of file."""
        return redirect(ONE, kind=self.kind.value)

    def afterwards(self) -> HttpResponseBase:
        """Stay: the file is made now."""
        return self.here()


class StatusRecordFileView(OfVisit):
    """The file, after a fresh factor."""

    def get(self, request: HttpRequest, *, kind: str) -> HttpResponseBase:
        """Return the file, or lead to its page."""
        return answer(request, self.holder, ExportKind(kind), page=ONE)
