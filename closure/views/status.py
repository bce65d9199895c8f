"""Checking a request without an account: ask for the link, open it by a button, then see where it stands (E07)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from accounts import case_links, case_session, clock
from accounts.asking import LinkGone
from accounts.views.pages import FormPage, Page, Tried
from closure import status_links, status_session, status_words
from closure.exceptions import LinkRefused
from closure.forms.status import StatusForm
from closure.status_session import StatusSession

GONE = 410


class StatusView(Tried, FormPage):
    """Which request; the answer is the same whatever is typed (invariant 17)."""

    template_name = "closure/status/ask.html"
    form_class = StatusForm

    def act(self, form: StatusForm) -> HttpResponseBase:
        """Have the link sent, if these match."""
        status_links.ask(form.cleaned_data["reference"], form.cleaned_data["contact"], now=clock.now())
        return redirect("status-sent")


class StatusSentView(Page):
    """One page for everybody who asked."""

    template_name = "closure/status/sent.html"

    def context(self) -> dict[str, Any]:
        """Return how long the link works."""
        return {"minutes": status_links.LIVES.seconds // 60}


class StatusLinkView(Tried, Page):
    """The mailed link: looking changes nothing, so that nobody's mail scanner uses it up; the button opens it."""

    template_name = "closure/status/link.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the button, or say that the link does not work any more."""
        try:
            case_links.read(kwargs["token"], now=clock.now())
            return self.show(is_case=True)
        except LinkGone:
            pass
        try:
            status_links.read_status(kwargs["token"], now=clock.now())
        except LinkRefused:
            return gone(request)
        return self.show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Use it up and open the status session, or that of a case."""
        try:
            case_session.open_by_link(request.session, kwargs["token"], now=clock.now())
            return redirect("status-case")
        except LinkGone:
            pass
        try:
            status_session.open_by_link(request.session, kwargs["token"], now=clock.now())
        except LinkRefused:
            return gone(request)
        return redirect("status-open")


def gone(request: HttpRequest) -> HttpResponse:
    """One answer for every link that does not work, whatever is wrong with it."""
    return render(request, "closure/status/gone.html", status=GONE)


class InStatus(View):
    """Only within a status session; others ask for a link first."""

    visit: StatusSession

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find out which request this browser may look at."""
        found = status_session.current(request.session)
        if found is None:
            messages.info(request, _("The half hour is over, or you have not opened a link yet. Ask for a new link."))
            return redirect("status")
        self.visit = found
        return super().dispatch(request, *args, **kwargs)


class StatusOpenView(InStatus, Page):
    """Where the request stands, what to do about it, what happened and what comes."""

    template_name = "closure/status/open.html"

    def context(self) -> dict[str, Any]:
        """Return all of it in words."""
        return status_words.said(self.visit.request, now=clock.now())


class StatusLeaveView(View):
    """End the status session, by POST alone."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Forget which request this browser may look at."""
        status_session.end(request.session)
        messages.success(request, _("Done. Nobody can look at it from here any more."))
        return redirect("status")
