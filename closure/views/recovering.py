"""Recovering lost factors: an address, the link that was sent there, then proof, and one step after the other (J04)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.hashers import is_password_usable
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from accounts import clock
from accounts.actors import Actor
from accounts.asking import LinkGone
from accounts.enums import FactorKind, MessageChannel, RecoveryState
from accounts.exceptions import BadIdentifier, NotAllowed, PortalError, TooManyAttempts, VerificationExpired
from accounts.identifiers import mask
from accounts.models import FactorRecovery
from accounts.recovering import beginning, contact, ending, lifecycle, links, papers, session
from accounts.recovering.session import Visit
from accounts.recovering.table import DELAY
from accounts.registration import KINDS
from accounts.verification import step_up as steps
from accounts.views.factors import FactorCard, add_error, cards, form_fields
from accounts.views.pages import UNPROCESSABLE, FormPage, Page, SignedIn, Tried
from accounts.views.passwords import ContactForm
from accounts.views.registration import gone
from closure.forms.recovery import ProveForm

S = RecoveryState
HOURS = int(DELAY.total_seconds() // 3600)


class RecoverView(Tried, FormPage):
    """Which address; whatever is behind it, the same page follows."""

    template_name = "closure/recover/ask.html"
    form_class = ContactForm

    def context(self) -> dict[str, Any]:
        """Return how long the delay is."""
        return {"hours": HOURS}

    def act(self, form: Any) -> HttpResponseBase:
        """Have the message sent."""
        try:
            links.ask(form.cleaned_data["identifier"], language=get_language() or "", now=clock.now())
        except (BadIdentifier, NotAllowed) as error:
            return self.refuse(form, error, "identifier")
        return redirect("recover-sent")


class RecoverSentView(Page):
    """One page for everybody who asked."""

    template_name = "closure/recover/sent.html"

    def context(self) -> dict[str, Any]:
        """Return how long the link works."""
        return {"minutes": links.LIVES.seconds // 60}


class RecoverLinkView(Tried, Page):
    """The mailed link: looking changes nothing; the button opens it."""

    template_name = "closure/recover/link.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the button, or say that the link does not work any more."""
        try:
            links.read(kwargs["token"], now=clock.now())
        except LinkGone:
            return gone(request, "recover")
        return self.show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Use it up and open the session of the recovery."""
        try:
            session.open_by_link(request.session, kwargs["token"], now=clock.now())
        except LinkGone:
            return gone(request, "recover")
        return redirect("recover-open")


def first_step(visit: Visit, row: FactorRecovery | None) -> str:
    """Return the page of what comes next."""
    if not visit.proven:
        return "recover-prove"
    if row is None:
        return "recover-lost"
    if row.state not in {S.DRAFT, S.NEEDS_MORE}:
        return "recover-open"
    return "recover-contact" if contact.is_missing(row) else "recover-photos"


class InRecovery(View):
    """Only within the session of a recovery, and only as far as its steps are done; `step` is where this page stands.

    A page whose step is done, or not there yet, leads to the one that is next.
    """

    step: str
    visit: Visit
    row: FactorRecovery | None
    now: datetime

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find out whose recovery this browser may go on with, and how far it is."""
        self.now = clock.now()
        found = session.current(request.session, now=self.now)
        if found is None:
            messages.info(request, _("The half hour is over, or you have not opened a link yet. Ask for a new link."))
            return redirect("recover")
        self.visit = found
        self.row = found.recovery if found.proven else None
        wanted = first_step(self.visit, self.row)
        if wanted != self.step:
            return redirect(wanted)
        return super().dispatch(request, *args, **kwargs)

    @property
    def recovery(self) -> FactorRecovery:
        """The recovery, on pages that come after its beginning."""
        if self.row is None:
            raise NotAllowed(_("There is no such recovery."))
        return self.row


class ProveView(InRecovery, FormPage):
    """More than the link: the password, or a code that comes another way."""

    step = "recover-prove"
    template_name = "closure/recover/prove.html"

    def make_form(self, data: Any = None) -> Any:
        """Return the field of the password, as long as there is one, and one for each factor."""
        alive = is_password_usable(self.visit.account.password)
        return ProveForm(data, with_password=alive, **form_fields(self.factor_cards()))

    def factor_cards(self, fields: dict[str, Any] | None = None) -> list[FactorCard]:
        """Return the factors that may be given instead."""
        return cards(session.factors(self.visit, now=self.now), fields)

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """Render the page around its form."""
        form = more.pop("form", None) or self.make_form()
        fields = {name: form[name] for name in form.fields}
        by_documents = session.may_go_by_documents(self.visit.account, now=self.now)
        factors = self.factor_cards(fields)
        return super().show(status=status, form=form, factors=factors, by_documents=by_documents, **more)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send a code, go on with documents alone where they stand for the proof, or read the form."""
        if "send" in request.POST:
            return self.send(request.POST["send"])
        if "documents" in request.POST:
            return self.go_by_documents()
        return super().post(request, *args, **kwargs)

    def go_by_documents(self) -> HttpResponseBase:
        """Go on with the link alone; where that does not count any more, this page says what does."""
        try:
            session.go_by_documents(self.request.session, self.visit, now=self.now)
        except NotAllowed as error:
            messages.error(self.request, error.message)
        return redirect("recover-open")

    def send(self, device_id: str) -> HttpResponseBase:
        """Send a code to one of the factors."""
        card = next((card for card in self.factor_cards() if card.id == device_id and card.sendable), None)
        if card is not None:
            steps.challenge(session.begin(self.visit, now=self.now), UUID(card.id), now=self.now)
            messages.success(self.request, _("We sent a code to %(place)s.") % {"place": card.hint})
        return redirect("recover-prove")

    def act(self, form: ProveForm) -> HttpResponseBase:
        """Take the password where it was typed, else the first code."""
        password, given = form.cleaned_data.get("password"), form.codes
        field = "password" if password else given[0][0]
        try:
            if password:
                session.prove_by_password(self.request.session, self.visit, password, now=self.now)
            else:
                session.prove_by_code(self.request.session, self.visit, *given[0], now=self.now)
        except (TooManyAttempts, VerificationExpired):
            raise
        except PortalError as error:
            add_error(form, field, error.message)
            return self.show(status=UNPROCESSABLE, form=form)
        return redirect("recover-open")


class OpenView(InRecovery, Page):
    """How it stands, once it is sent."""

    step = "recover-open"
    template_name = "closure/recover/open.html"

    def context(self) -> dict[str, Any]:
        """Return it in words."""
        return standing(self.recovery)


class WithdrawView(View):
    """End it, by POST alone, from whatever step it is at."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """End what is open, for who has proven more than the link."""
        visit = session.current(request.session, now=clock.now())
        if visit is None:
            return redirect("recover")
        row = visit.recovery if visit.proven else None
        if row is None:
            return redirect("recover-open")
        try:
            ending.withdraw(row.pk, actor=visit.actor, now=clock.now())
        except PortalError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("The recovery has ended. Nothing was changed."))
        return redirect("recover-open")


class OwnRecoveryView(SignedIn, Page):
    """The recovery of whoever is signed in, who may not be who asked for it: how it stands, and one button."""

    template_name = "closure/recover/own.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it, or go back where there is none."""
        row = lifecycle.open_of(self.account.pk)
        return redirect("security") if row is None else self.show(**standing(row))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """End it."""
        row = lifecycle.open_of(self.account.pk)
        if row is not None:
            ending.withdraw(row.pk, actor=Actor.customer(self.account), now=clock.now())
            messages.success(request, _("The recovery has ended. Nothing was changed."))
        return redirect("security")


def standing(row: FactorRecovery) -> dict[str, Any]:
    """Return what a page says of a recovery."""
    return {
        "recovery": row,
        "lost": [FactorKind(kind).label for kind in row.lost],
        "missing": papers.missing(row.case),
        "hours": HOURS,
        "is_waiting": row.state == S.WAITING,
        "is_submitted": row.state == S.SUBMITTED,
        "replaced_by": _hint(row),
    }


def _hint(row: FactorRecovery) -> str:
    """Return the new contact, masked: whoever goes on with it sees that it is theirs; empty where there is none."""
    value = beginning.new_contact_of(row)
    return mask(KINDS[MessageChannel(row.new_kind)], value) if value else ""
