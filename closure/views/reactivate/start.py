"""The way in: whose account, the mailed link, and more than the link."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.hashers import is_password_usable
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views import View

from accounts import clock
from accounts.exceptions import PortalError, TooManyAttempts, VerificationExpired, WrongPassword
from accounts.verification import step_up as steps
from accounts.views.factors import FactorCard, add_error, cards, form_fields
from accounts.views.pages import UNPROCESSABLE, FormPage, Page, Tried
from closure.exceptions import LinkRefused
from closure.forms.reactivate import AskForm, ProveForm
from closure.reactivation import links, proof, session
from closure.reactivation.session import ReactivationSession
from closure.views.reactivate.pages import gone, next_page


class AskView(Tried, FormPage):
    """Whose account; the answer is the same whatever is typed (invariant 17)."""

    template_name = "closure/reactivate/ask.html"
    form_class = AskForm

    def act(self, form: AskForm) -> HttpResponseBase:
        """Have the link sent, if this is a disabled account's."""
        links.ask(form.cleaned_data["contact"], now=clock.now())
        return redirect("reactivate-asked")


class AskedView(Page):
    """One page for everybody who asked."""

    template_name = "closure/reactivate/asked.html"

    def context(self) -> dict[str, Any]:
        """Return how long the link works."""
        return {"minutes": links.LIVES.seconds // 60}


class LinkView(Tried, Page):
    """The mailed link: looking changes nothing, so that nobody's mail scanner uses it up; the button opens it."""

    template_name = "closure/reactivate/link.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the button, or say that the link does not work any more."""
        try:
            links.read(kwargs["token"], now=clock.now())
        except LinkRefused:
            return gone(request)
        return self.show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Use it up; what comes next asks for more than the link."""
        try:
            session.open_by_link(request.session, kwargs["token"], now=clock.now())
        except LinkRefused:
            return gone(request)
        return redirect("reactivate-prove")


class ProveView(Tried, FormPage):
    """The password, or a code of another channel: whoever has the mailbox alone sees nothing (lifecycle.md)."""

    template_name = "closure/reactivate/prove.html"
    form_class = ProveForm
    forgives = True
    visit: ReactivationSession
    now: datetime

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Only after a link; who has proven already goes on."""
        self.now = clock.now()
        found = session.current(request.session)
        if found is None:
            messages.info(request, _("The half hour is over, or you have not opened a link yet. Ask for a new link."))
            return redirect("reactivate")
        if found.proven and found.reactivation is not None:
            return redirect(next_page(found.reactivation))
        self.visit = found
        return super().dispatch(request, *args, **kwargs)

    def factor_cards(self, form: ProveForm | None = None) -> list[FactorCard]:
        """Return the factors that prove more than the link; one is enough."""
        fields = {name: form[name] for name in form.fields} if form else None
        visit = self.visit
        found = proof.factors(visit.account, visit.link_id, carried_by=visit.carried_by, now=self.now)
        return cards([each for each in found if each.state != "passed"], fields)

    def make_form(self, data: Any = None) -> ProveForm:
        """Return the password's field, as long as there is one, and one for each factor."""
        alive = is_password_usable(self.visit.account.password)
        return ProveForm(data, with_password=alive, **form_fields(self.factor_cards()))

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """Render the page around its form."""
        form = more.pop("form", None) or self.make_form()
        begun = proof.running(self.visit.account, self.visit.link_id, now=self.now)
        told = {"step_up": begun, "by_documents": session.may_go_by_documents(self.visit, now=self.now)}
        return super().show(status=status, form=form, factors=self.factor_cards(form), **told, **more)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send a code, go on with documents alone where they stand for the proof, or read the form."""
        if "send" in request.POST:
            return self.send(request.POST["send"])
        if "documents" in request.POST:
            return self.go_by_documents()
        return super().post(request, *args, **kwargs)

    def go_by_documents(self) -> HttpResponseBase:
        """Go on with the link alone."""
        try:
            visit = session.go_by_documents(self.request.session, now=self.now)
        except LinkRefused:
            return gone(self.request)
        return self.go_on(visit)

    def go_on(self, visit: ReactivationSession) -> HttpResponseBase:
        """Go on under a key that nobody knew before."""
        self.request.session.cycle_key()
        return redirect("reactivate-note" if visit.reactivation is None else next_page(visit.reactivation))

    def send(self, device_id: str) -> HttpResponseBase:
        """Send a code to one of the factors, or make ready for a passkey."""
        card = next((card for card in self.factor_cards() if card.id == device_id), None)
        if card is not None and (card.is_passkey or card.sendable):
            begun = proof.begin(self.visit.account, self.visit.link_id, carried_by=self.visit.carried_by, now=self.now)
            if card.sendable:
                steps.challenge(begun, UUID(card.id), now=self.now)
                messages.success(self.request, _("We sent a code to %(place)s.") % {"place": card.hint})
        return redirect("reactivate-prove")

    def act(self, form: ProveForm) -> HttpResponseBase:
        """Take the code, or the password."""
        try:
            visit = self._by_code(form) if form.codes else self._by_password(form)
        except LinkRefused:
            return gone(self.request)
        if visit is None:
            return self.show(status=UNPROCESSABLE, form=form)
        return self.go_on(visit)

    def _by_password(self, form: ProveForm) -> ReactivationSession | None:
        try:
            return session.prove_by_password(self.request.session, form.cleaned_data["password"], now=self.now)
        except WrongPassword as error:
            form.add_error("password", error.message)
            return None

    def _by_code(self, form: ProveForm) -> ReactivationSession | None:
        device_id, code = form.codes[0]
        visit = self.visit
        begun = proof.begin(visit.account, visit.link_id, carried_by=visit.carried_by, now=self.now)
        try:
            steps.answer(begun, UUID(device_id), code, now=self.now)
        except (TooManyAttempts, VerificationExpired):
            raise
        except PortalError as error:
            add_error(form, device_id, error.message)
            return None
        return session.prove_by_factor(self.request.session, now=self.now)


class LeaveView(View):
    """End the session, by POST alone."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Forget whose account this browser was about."""
        if session.current(request.session) is not None:
            session.end(request.session)
            messages.success(request, _("Done. Nobody can go on with it from here any more."))
        return redirect("reactivate")
