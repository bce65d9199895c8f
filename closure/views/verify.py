"""Proving who you are: the codes within one window, then the document number."""

import math
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import IdentifierKind
from accounts.exceptions import PortalError, TooManyAttempts, VerificationExpired
from accounts.forms import FactorsForm
from accounts.models import Identifier, StepUp
from accounts.verification import step_up as steps
from accounts.views.factors import FactorCard, add_error, cards, form_fields
from accounts.views.pages import UNPROCESSABLE
from closure.enums import Step
from closure.forms.journey import DocumentForm
from closure.operations import verify
from closure.views import words
from closure.views.pages import JourneyPage

SECONDS_A_MINUTE = 60


class VerifyView(JourneyPage):
    """All codes on one page: send, type, ask for more time. Expiry resets the codes, no page (D01, D02, D06)."""

    template_name = "closure/verify.html"
    form_class = FactorsForm
    step = Step.VERIFY

    def elsewhere(self) -> HttpResponse | None:
        """Find the verification that is running, if any."""
        gone = super().elsewhere()
        if gone is None:
            self.step_up = verify.current_verification(self.draft)
            self.now = clock.now()
        return gone

    @property
    def running(self) -> StepUp | None:
        """The verification while its window is open."""
        return self.step_up if self.step_up and self.step_up.expires_at > self.now else None

    def factor_cards(self, form: FactorsForm | None = None) -> list[FactorCard]:
        """Return the factors, each with its field of `form`."""
        fields = {name: form[name] for name in form.fields} if form else None
        return cards(steps.factors(self.running), fields) if self.running else []

    def make_form(self, data: Any = None) -> FactorsForm:
        """Return a field for each factor not given yet."""
        open_factors = [card for card in self.factor_cards() if not card.passed]
        return FactorsForm(data, **form_fields(open_factors))

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """Render the page around its form."""
        form = more.pop("form", None) or self.make_form()
        running = self.running
        left = math.ceil((running.expires_at - self.now).total_seconds() / SECONDS_A_MINUTE) if running else 0
        return super().show(
            status=status,
            form=form,
            running=running is not None,
            ran_out=self.step_up is not None and running is None,
            step_up=running,
            now=self.now,
            minutes_left=left,
            factors=self.factor_cards(form),
            needed_texts=words.codes(self.policy, self.account) if running else [words.codes_to_come()],
            limit_text=words.limit(self.policy),
            doing=_("You are closing account %(account)s. These codes are good for nothing else.")
            % {"account": self.account.short_id},
            **more,
        )

    def take(self) -> HttpResponseBase:
        """Begin, extend, send a code, or check codes; what is out of time leads back to this page."""
        asked = self.request.POST
        try:
            if self.running is None:
                # A code sent from an old tab begins nothing: the time starts when it is asked for.
                if "begin" in asked:
                    verify.send_needed(self.draft, verify.begin_verification(self.draft.pk, now=self.now), now=self.now)
            elif "extend" in asked:
                verify.extend_verification(self.draft.pk, now=self.now)
            elif "send" in asked:
                self.send(asked["send"])
            else:
                return super().take()
        except TooManyAttempts:
            raise
        except PortalError as error:
            messages.error(self.request, error.message)
        return redirect("close-verify")

    def send(self, device_id: str) -> None:
        """Send a code to one of the factors of this verification."""
        card = next((card for card in self.factor_cards() if card.id == device_id and card.sendable), None)
        if card is not None and self.running:
            steps.challenge(self.running, UUID(card.id), now=self.now)
            messages.success(self.request, _("We sent a code to %(place)s.") % {"place": card.hint})

    def act(self, form: FactorsForm) -> HttpResponseBase:
        """Check each code typed; right ones stay given when another is wrong."""
        for device_id, code in form.codes:
            try:
                self.step_up = steps.answer(self._running_now(), UUID(device_id), code, now=self.now)
            except TooManyAttempts:
                raise
            except VerificationExpired as error:
                messages.error(self.request, error.message)
                return redirect("close-verify")
            except PortalError as error:
                add_error(form, device_id, error.message)
        if form.errors:
            return self.show(status=UNPROCESSABLE, form=form)
        if self.step_up is not None and steps.is_complete(self.step_up, self.now):
            # Who just proved themselves goes on under a key that nobody knew before.
            self.request.session.cycle_key()
        return self.go_on()

    def _running_now(self) -> StepUp:
        if self.running is None:
            raise VerificationExpired
        return self.running


class DocumentView(JourneyPage):
    """The number of the document given at identity verification (D03-D05)."""

    template_name = "closure/document.html"
    form_class = DocumentForm
    step = Step.DOCUMENT

    def make_form(self, data: Any = None) -> DocumentForm:
        """Return the field with the masked hint of the number on file."""
        kept = Identifier.objects.filter(account=self.account, kind=IdentifierKind.DOCUMENT).first()
        hint = _("On file: %(hint)s. Spaces and dashes do not matter.") % {"hint": kept.hint} if kept else ""
        return DocumentForm(data, hint=hint)

    def act(self, form: DocumentForm) -> HttpResponseBase:
        """Compare it with what was given then."""
        try:
            verify.check_document(self.draft.pk, form.cleaned_data["number"], now=clock.now())
        except TooManyAttempts:
            raise
        except PortalError as error:
            return self.refuse(form, error, "number")
        return self.go_on()
