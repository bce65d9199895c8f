"""Writing to us: the owner whom this browser shows, or whoever types an address, with one answer for all (D05, D06)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import case_opening, case_session, clock, contacts
from accounts.actors import Actor
from accounts.enums import CaseKind
from accounts.exceptions import BadIdentifier, NotAllowed
from accounts.forms import NewCaseForm
from accounts.views.pages import FormPage, Page, Tried, customer_of
from closure import status_session


class ContactView(Tried, FormPage):
    """What it is about, in people's own words; `?kind=` chooses for those who come from the page where it happens."""

    template_name = "closure/help/contact.html"
    form_class = NewCaseForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find out whether this browser shows who writes; whoever looks at a case writes in that."""
        if case_session.current(request.session) is not None:
            return redirect("status-case")
        self.owner = owner_of(request)
        return super().dispatch(request, *args, **kwargs)

    def make_form(self, data: Any = None) -> NewCaseForm:
        """Return the form, without the address of an owner we know."""
        kind = self.request.GET.get("kind", "")
        initial = {"kind": kind} if kind in CaseKind else {}
        return NewCaseForm(data, known=self.owner is not None, initial=initial)

    def context(self) -> dict[str, Any]:
        """Return whether we know who writes."""
        return {"known": self.owner is not None}

    def act(self, form: Any) -> HttpResponseBase:
        """Open the case."""
        kind, text, now = CaseKind(form.cleaned_data["kind"]), form.cleaned_data["text"], clock.now()
        if self.owner is None:
            try:
                contact, language = form.cleaned_data["contact"], get_language() or ""
                case_opening.ask(kind, text, contact, language=language, now=now)
            except (BadIdentifier, NotAllowed) as error:
                return self.refuse(form, error, "contact")
            return redirect("help-contact-sent")
        account_id, actor = self.owner
        case = case_opening.open_own(account_id, kind, text, actor=actor, now=now)
        if customer_of(self.request) is not None:
            messages.success(self.request, _("We have your message. A person reads it."))
            return redirect("help-case", case.reference)
        return redirect("help-contact-sent")


class ContactSentView(Page):
    """One page for everybody who wrote."""

    template_name = "closure/help/contact_sent.html"


def owner_of(request: HttpRequest) -> tuple[UUID, Actor] | None:
    """Return the customer whom this browser shows: signed in with a second factor, or in a status session."""
    customer = customer_of(request)
    if customer is not None:
        return customer.pk, Actor.customer(customer)
    visit = status_session.current(request.session)
    if visit is None or not contacts.current(visit.request.account):
        return None  # nobody we know, or an account that is erased by now
    return visit.request.account_id, visit.actor
