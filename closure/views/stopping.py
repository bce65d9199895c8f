"""Stopping a closure: cancelling and answering with a fresh code, "I did not ask for this" by the link alone."""

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts import clock, stops
from accounts.exceptions import PortalError, TooManyAttempts, VerificationExpired
from accounts.forms import FactorsForm
from accounts.models import StepUp
from accounts.stops import StopRefused
from accounts.verification import step_up as steps
from accounts.views.factors import FactorCard, add_error, cards, form_fields
from accounts.views.pages import UNPROCESSABLE, FormPage, Page
from closure import fresh_factor, offers, questions, status_links
from closure.enums import ClosureAction
from closure.exceptions import LinkRefused, TransitionRefused
from closure.export_access import ExportsOver
from closure.forms.status import AnswerForm
from closure.fresh_factor import Provable
from closure.operations import hold
from closure.operations.stop import stop_by_link
from closure.policy import loader
from closure.spans import duration
from closure.views.status import InStatus, gone


class FreshFactorPage(InStatus, FormPage):
    """An action that needs one fresh code of another channel than the one that carried the link."""

    action: Provable
    page: ClassVar[str]
    form_class = FactorsForm

    def offered(self) -> bool:
        """Whether the request, as it stands, offers this action."""
        raise NotImplementedError

    def carry_out(self, step_up: StepUp, form: Any) -> None:
        """Do it, with the verification that was just completed."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Remember when this is."""
        self.now = clock.now()
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show what may be given, or go back when there is nothing to do here."""
        return self.show() if self.offered() else redirect("status-open")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send a code, or check one and act."""
        if not self.offered():
            return redirect("status-open")
        if "send" in request.POST:
            return self.send(request.POST["send"])
        return super().post(request, *args, **kwargs)

    def make_form(self, data: Any = None) -> Any:
        """Return a field for each factor that may be given."""
        return self.form_class(data, **form_fields(self.factor_cards()))

    def factor_cards(self, form: Any = None) -> list[FactorCard]:
        """Return the factors, each with its field of `form`."""
        fields = {name: form[name] for name in form.fields} if form else None
        given = fresh_factor.factors(self.visit.request, self.action, carried_by=self.visit.carried_by, now=self.now)
        return cards([state for state in given if state.state != "passed"], fields)

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """Render the page around its form."""
        form = more.pop("form", None) or self.make_form()
        request = self.visit.request
        limit = duration(loader.from_pinned(request.policy).verification.window)
        return super().show(
            status=status,
            form=form,
            closure=request,
            factors=self.factor_cards(form),
            step_up=self.running(),
            limit=limit,
            **more,
        )

    def running(self) -> StepUp | None:
        """Return the verification of this action that is open, if one was begun."""
        return fresh_factor.running(self.visit.request, self.action, carried_by=self.visit.carried_by, now=self.now)

    def send(self, device_id: str) -> HttpResponseBase:
        """Send a code to one of the factors."""
        card = next((card for card in self.factor_cards() if card.id == device_id), None)
        if card is not None and card.is_passkey:
            # Its challenge belongs to a verification, so that has to be there first.
            self.begun()
        elif card is not None and card.sendable:
            steps.challenge(self.begun(), UUID(card.id), now=self.now)
            messages.success(self.request, _("We sent a code to %(place)s.") % {"place": card.hint})
        return self.here()

    def here(self) -> HttpResponseBase:
        """Come back to this page."""
        return redirect(self.page)

    def afterwards(self) -> HttpResponseBase:
        """Go where the outcome shows."""
        return redirect("status-open")

    def begun(self) -> StepUp:
        """Return the verification of this action."""
        return fresh_factor.open_or_begin(
            self.visit.request, self.action, carried_by=self.visit.carried_by, now=self.now
        )

    def act(self, form: Any) -> HttpResponseBase:
        """Check the code, then act with it at once."""
        device_id, code = form.codes[0]
        try:
            given = steps.answer(self.begun(), UUID(device_id), code, now=self.now)
        except TooManyAttempts:
            raise
        except VerificationExpired as error:
            messages.error(self.request, error.message)
            return self.here()
        except PortalError as error:
            add_error(form, device_id, error.message)
            return self.show(status=UNPROCESSABLE, form=form)
        try:
            self.carry_out(given, form)
        except (TransitionRefused, ExportsOver) as error:
            messages.error(self.request, error.message)
            return redirect("status-open")
        return self.afterwards()


class CancelView(FreshFactorPage):
    """Cancel the closure (E03)."""

    template_name = "closure/status/cancel.html"
    action = ClosureAction.CANCEL
    page = "status-cancel"

    def offered(self) -> bool:
        """Where the pinned policy says so, and always while held for what is not the owner's doing."""
        return offers.cancel(self.visit.request)

    def carry_out(self, step_up: StepUp, form: Any) -> None:
        """Cancel and release the account."""
        hold.cancel(self.visit.request.pk, step_up_id=step_up.pk, actor=self.visit.actor, reason="", now=self.now)
        messages.success(self.request, _("The closure is cancelled. Your account is active again."))


class AnswerView(FreshFactorPage):
    """Answer our question."""

    template_name = "closure/status/answer.html"
    action = ClosureAction.ANSWER
    page = "status-answer"
    form_class = AnswerForm

    def offered(self) -> bool:
        """While we wait for an answer."""
        return offers.answer(self.visit.request)

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """Say what we want to know."""
        return super().show(status=status, question=questions.asked(self.visit.request), **more)

    def carry_out(self, step_up: StepUp, form: Any) -> None:
        """Hand the answer to the review."""
        hold.answer(
            self.visit.request.pk,
            form.cleaned_data["text"],
            step_up_id=step_up.pk,
            actor=self.visit.actor,
            now=self.now,
        )
        messages.success(self.request, _("We have your answer. A person reads it."))


class DisputeView(InStatus, Page):
    """ "I did not ask for this": what it does, and one button. The link alone is enough (E07)."""

    template_name = "closure/status/dispute.html"

    def context(self) -> dict[str, Any]:
        """Return which request it stops."""
        return {"closure": self.visit.request}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it while there is something to stop."""
        return self.show() if offers.dispute(self.visit.request) else redirect("status-open")

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Stop it."""
        try:
            hold.dispute(self.visit.request.pk, actor=self.visit.holder, reason="", now=clock.now())
        except TransitionRefused as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("We stopped the closing and locked your account."))
        return redirect("status-open")


class StopView(Page):
    """The link of the confirmation: what it stops, and one button; it lives until sealing and needs nothing else."""

    template_name = "closure/status/stop.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show what it stops; looking changes nothing."""
        other = stops.find(kwargs["token"], now=clock.now())
        if other is not None:
            return render(request, "accounts/stop.html", {"purpose": other.purpose})
        try:
            _link, found = status_links.read_stop(kwargs["token"], now=clock.now())
        except LinkRefused:
            return gone(request)
        return self.show(closure=found)

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        """Stop it."""
        try:
            if stops.find(token, now=clock.now()) is not None:
                stops.carry_out(token, now=clock.now())
                return redirect("security-locked")
            stop_by_link(token, now=clock.now())
        except (LinkRefused, StopRefused, TransitionRefused):
            return gone(request)
        return redirect("stop-done")


class StopDoneView(Page):
    """What happened, to whoever pressed the button; the mail has the reference of the case."""

    template_name = "closure/status/stopped.html"
