"""One's own cases: signed in, all of them; in the session of a mailed link, that one alone. Read, and write back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts import case_messages, case_session, cases, clock
from accounts.actors import Actor
from accounts.enums import CaseState
from accounts.forms import CaseMessageForm
from accounts.models import Case
from accounts.views.pages import FormPage, Page, SignedIn


class CasesView(SignedIn, Page):
    """Every case of the account in which something was said."""

    template_name = "accounts/cases.html"

    def context(self) -> dict[str, Any]:
        """Return them, newest first."""
        return {"cases": cases.shown_to(self.account.pk)}


class OneCase(FormPage):
    """A case with what was said in it, and a form to go on while it is not resolved."""

    template_name = "accounts/case.html"
    form_class = CaseMessageForm
    case: Case
    actor: Actor
    here: tuple[str, ...]

    def context(self) -> dict[str, Any]:
        """Return the case as its owner may see it."""
        return {
            "case": self.case,
            "said": case_messages.of_case(self.case),
            "is_over": self.case.state == CaseState.RESOLVED,
        }

    def act(self, form: Any) -> HttpResponseBase:
        """Add what was written."""
        case_messages.write(self.case.pk, form.cleaned_data["text"], actor=self.actor, now=clock.now())
        messages.success(self.request, _("We have your message. A person reads it."))
        return redirect(*self.here)


class CaseView(SignedIn, OneCase):
    """One of the account's cases; every other reference is not found."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask for a sign-in first."""
        self.here = ("help-case", kwargs["reference"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it."""
        self.find()
        return self.show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Write in it."""
        self.find()
        return super().post(request, *args, **kwargs)

    def find(self) -> None:
        """Find the case among those that the owner may see."""
        found = cases.shown_to(self.account.pk).filter(reference=self.kwargs["reference"].upper()).first()
        if found is None:
            raise Http404
        self.case, self.actor = found, Actor.customer(self.account)


class StatusCaseView(OneCase):
    """The case that a mailed link opened, for half an hour."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find out which case this browser may look at."""
        found = case_session.current(request.session)
        if found is None:
            messages.info(request, _("The half hour is over, or you have not opened a link yet. Ask for a new link."))
            return redirect("status")
        self.case, self.actor, self.here = found.case, found.actor, ("status-case",)
        return super().dispatch(request, *args, **kwargs)

    def show(self, *, status: int = 200, **more: Any) -> Any:
        """Offer to leave for good."""
        return super().show(status=status, in_status=True, **more)
