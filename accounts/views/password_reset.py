"""A forgotten password: an address, the link that was sent there, then a new password and a factor (J03)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import clock, sign_in
from accounts.asking import LinkGone
from accounts.exceptions import (
    BadIdentifier,
    NotAllowed,
    PortalError,
    ProofRefused,
    TooManyAttempts,
    VerificationExpired,
)
from accounts.forms import FactorsForm
from accounts.models import Account, StepUp
from accounts.passwords import WeakPassword
from accounts.verification import recovery
from accounts.verification import step_up as steps
from accounts.verification.recovery import Reset
from accounts.views.factors import FactorCard, add_error, cards, form_fields
from accounts.views.pages import UNPROCESSABLE, FormPage, Page, Tried
from accounts.views.passkeys import OptionsView
from accounts.views.passwords import ContactForm, new_password_field
from accounts.views.registration import gone

HELD_UNTIL, WEAK = "password_reset_held_until", "password_reset_weak"


class ResetForm(FactorsForm):
    """A new password, and a code of one factor where one is asked for."""

    password = new_password_field()

    def clean(self) -> dict[str, Any]:
        """Ask for one code beside the password, where there are fields for them."""
        cleaned = forms.Form.clean(self) or {}
        asked = [name for name in self.fields if name != "password"]
        if asked and not self.errors and not any(cleaned.get(name) for name in asked):
            raise forms.ValidationError(_("Enter one code beside the password."))
        return cleaned

    @property
    def codes(self) -> list[tuple[str, str]]:
        """Factor and code, for each that was typed."""
        return [(name, code) for name, code in super().codes if name != "password"]


class ResetView(Tried, FormPage):
    """Which address; whatever is behind it, the same page follows."""

    template_name = "accounts/password_reset.html"
    form_class = ContactForm

    def act(self, form: Any) -> HttpResponseBase:
        """Have the message sent."""
        try:
            recovery.ask(form.cleaned_data["identifier"], language=get_language() or "", now=clock.now())
        except (BadIdentifier, NotAllowed) as error:
            return self.refuse(form, error, "identifier")
        return redirect("password-reset-sent")


class ResetSentView(Page):
    """One page for everybody who asked."""

    template_name = "accounts/password_reset_sent.html"

    def context(self) -> dict[str, Any]:
        """Return how long the link works."""
        return {"minutes": recovery.LIVES.seconds // 60}


class ResetLinkView(Tried, FormPage):
    """The mailed link: looking changes nothing; the form takes the password and uses the link up."""

    template_name = "accounts/password_reset_link.html"
    form_class = ResetForm
    forgives = True
    found: Reset
    now: datetime

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Read the link; one answer for every link that does not work."""
        self.now = clock.now()
        try:
            self.found = recovery.read(kwargs["token"], now=self.now)
        except LinkGone:
            return gone(request, "password-reset")
        return super().dispatch(request, *args, **kwargs)

    def make_form(self, data: Any = None) -> Any:
        """Return the password's field and one for each factor that may be given."""
        return ResetForm(data, **form_fields(self.open_cards()))

    def every_card(self, fields: dict[str, Any] | None = None) -> list[FactorCard]:
        """Return the factors that prove more than the link; one is enough."""
        return cards(recovery.factors(self.found, now=self.now), fields)

    def open_cards(self, fields: dict[str, Any] | None = None) -> list[FactorCard]:
        """Return what is still asked for: nothing, once one was given."""
        shown = self.every_card(fields)
        return [] if any(card.passed for card in shown) else shown

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """Render the page around its form."""
        form = more.pop("form", None) or self.make_form()
        fields = {name: form[name] for name in form.fields}
        shut_until = None
        if recovery.needs_factor(self.found) and not self.every_card():
            shut_until = recovery.barred_until(self.found.account)
        return super().show(
            status=status,
            form=form,
            factors=self.open_cards(fields),
            step_up=recovery.running(self.found, now=self.now),
            shut_until=shut_until,
            token=self.kwargs["token"],
            **more,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send a code, or read the form."""
        if "send" in request.POST:
            return self.send(request.POST["send"])
        return super().post(request, *args, **kwargs)

    def send(self, device_id: str) -> HttpResponseBase:
        """Send a code to one of the factors, or make ready for a passkey."""
        card = next((card for card in self.open_cards() if card.id == device_id), None)
        if card is not None and card.is_passkey:
            recovery.begin(self.found, now=self.now)
        elif card is not None and card.sendable:
            steps.challenge(recovery.begin(self.found, now=self.now), UUID(card.id), now=self.now)
            messages.success(self.request, _("We sent a code to %(place)s.") % {"place": card.hint})
        return redirect(self.request.path)

    def act(self, form: ResetForm) -> HttpResponseBase:
        """Check the code, then take the password."""
        for device_id, code in form.codes[:1]:
            try:
                steps.answer(recovery.begin(self.found, now=self.now), UUID(device_id), code, now=self.now)
            except (TooManyAttempts, VerificationExpired):
                raise
            except PortalError as error:
                add_error(form, device_id, error.message)
                return self.show(status=UNPROCESSABLE, form=form)
        try:
            account = recovery.reset_password(
                self.kwargs["token"], password=form.cleaned_data["password"], now=self.now
            )
        except LinkGone:
            return gone(self.request, "password-reset")
        except (WeakPassword, ProofRefused) as error:
            return self.retry(form, error)
        return self.done(account)

    def retry(self, form: ResetForm, error: PortalError) -> HttpResponse:
        """Show what was refused; a code that was right is not asked for again."""
        fresh = ResetForm(form.data, **form_fields(self.open_cards()))
        fresh.is_valid()
        fresh.errors.clear()
        fresh.add_error("password" if isinstance(error, WeakPassword) else None, error.message)
        return self.show(status=UNPROCESSABLE, form=fresh)

    def done(self, account: Account) -> HttpResponseBase:
        """Say until when withdrawals are held; whoever was signed in here is not any more."""
        session = self.request.session
        kept = {key: session[key] for key in sign_in.KEPT if key in session}
        session.flush()
        session.update(kept)
        if account.withdrawals_held_until is not None:
            session[HELD_UNTIL] = account.withdrawals_held_until.isoformat()
        session[WEAK] = recovery.is_weak(account)
        return redirect("password-reset-done")


class ResetDoneView(Page):
    """What holds now, and until when."""

    template_name = "accounts/password_reset_done.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it to the browser that did it."""
        return self.show() if HELD_UNTIL in request.session else redirect("sign-in")

    def context(self) -> dict[str, Any]:
        """Return the dates."""
        session = self.request.session
        return {"until": datetime.fromisoformat(session[HELD_UNTIL]), "weak": session[WEAK]}


class ResetOptionsView(OptionsView):
    """What a browser needs to use a passkey here: the link says for which verification."""

    def find(self, request: HttpRequest) -> StepUp | None:
        """Return the verification of this reset."""
        now = clock.now()
        try:
            return recovery.running(recovery.read(self.kwargs["token"], now=now), now=now)
        except LinkGone:
            return None
