"""Pages of changes that need a fresh verification of their own: begin, verify, then do what was verified (D02, D07).

The page says what the verification is for, and it is good for nothing else. Time that runs out leads back to the same
page: whatever was done before it stays.
"""

import math
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import FactorKind, Purpose
from accounts.exceptions import PortalError, ProofRefused, TooManyAttempts, VerificationExpired
from accounts.forms import FactorsForm
from accounts.models import StepUp
from accounts.verification import changes
from accounts.verification import step_up as steps
from accounts.verification.step_up import StepUpProof
from accounts.views.factors import FactorCard, add_error, cards, form_fields
from accounts.views.pages import FormPage, SignedIn

SECONDS_A_MINUTE = 60
INTRO, VERIFY, ACT = "intro", "verify", "act"
# Verifications begun in this session, and how many tabs may hold one at a time.
BEGUN = "verifications"
TABS = 5


class GuardedPage(SignedIn, FormPage):
    """One change. Subclasses say which, show its form once verified, and carry it out with the proof."""

    purpose: Purpose
    form_class = forms.Form
    verb: Any = ""
    danger: ClassVar[bool] = False
    now: datetime
    step_up: StepUp | None

    def prepare(self) -> HttpResponseBase | None:
        """Find what the change is about; return a response where there is nothing to change."""
        return None

    def subject(self) -> tuple[str, ...]:
        """Return what the verification is bound to, beside account and purpose."""
        return ()

    def kinds(self) -> frozenset[FactorKind] | None:
        """Return the kinds that may verify, None for what allows changes in general."""
        return None

    def doing(self) -> str:
        """Say what is verified, so that nobody verifies something else than they think."""
        raise NotImplementedError

    def verified(self) -> HttpResponseBase | None:
        """Make ready what the form needs, by the POST that completed the verification, or go elsewhere."""
        return None

    def carry_out(self, form: Any) -> HttpResponseBase:
        """Make the change with `self.proof()` and say where to go."""
        raise NotImplementedError

    @property
    def here(self) -> str:
        """Where this page is, to come back to."""
        return self.request.path

    @property
    def stage(self) -> str:
        """Where the page stands: before, during or after the verification."""
        if self.step_up is None or not steps.is_in_time(self.step_up, self.now):
            return INTRO
        return ACT if self.is_enough(self.step_up) else VERIFY

    def begin_verification(self) -> StepUp:
        """Open the verification of this change: one factor, unless a subclass asks for more."""
        return changes.begin(self.account, self.purpose, *self.subject(), kinds=self.kinds(), now=self.now)

    def is_enough(self, given: StepUp) -> bool:
        """Tell whether what was given so far allows the change."""
        return steps.is_complete(given, self.now)

    def proof(self) -> StepUpProof:
        """Return the proof of exactly this change."""
        return changes.prove(self.account, self.purpose, *self.subject(), now=self.now)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show where the change stands; changes nothing."""
        return self._open() or self.show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Begin, ask for time or a code, verify, or carry out."""
        gone = self._open()
        if gone is not None:
            return gone
        asked = request.POST
        try:
            if "begin" in asked:
                self._begin()
            elif self.stage == INTRO or ("act" in asked) is not (self.stage == ACT):
                # An old tab: its time is over, or another tab went on.
                messages.info(request, _("Start the verification again: the time is over, or it was used."))
            elif "extend" in asked and self.step_up is not None:
                steps.extend(self.step_up, now=self.now)
            elif "send" in asked:
                self._send(asked["send"])
            else:
                return super().post(request, *args, **kwargs)
        except TooManyAttempts:
            raise
        except PortalError as error:
            messages.error(request, error.message)
        return redirect(self.here)

    def make_form(self, data: Any = None) -> Any:
        """Return the fields of the factors, or those of the change."""
        if self.stage == VERIFY:
            return FactorsForm(data, **form_fields([card for card in self._cards() if not card.passed]))
        return self.make_action_form(data if self.stage == ACT else None)

    def make_action_form(self, data: Any = None) -> Any:
        """Return the form of the change."""
        return self.form_class(data)

    def act(self, form: Any) -> HttpResponseBase:
        """Check codes, or carry out."""
        return self._verify(form) if self.stage == VERIFY else self.carry_out(form)

    def refuse(self, form: BaseForm, error: PortalError, field: str | None = None) -> HttpResponse:
        """Show what was refused; a proof that is gone leads back to the verification."""
        if isinstance(error, ProofRefused | VerificationExpired):
            messages.error(self.request, error.message)
            return redirect(self.here)
        return super().refuse(form, error, field)

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """Render the page as far as it has come."""
        form = more.pop("form", None) or self.make_form()
        found = self.step_up if self.stage != INTRO else None
        left = math.ceil((found.expires_at - self.now).total_seconds() / SECONDS_A_MINUTE) if found else 0
        fields = {name: form[name] for name in form.fields}
        return super().show(
            status=status,
            form=form,
            stage=self.stage,
            doing=self.doing(),
            step_up=found,
            ran_out=self.step_up is not None and found is None,
            now=self.now,
            minutes_left=left,
            factors=self._cards(fields) if self.stage == VERIFY else [],
            verb=self.verb,
            danger=self.danger,
            **more,
        )

    def _open(self) -> HttpResponseBase | None:
        self.now = clock.now()
        gone = self.prepare()
        if gone is None:
            found = changes.running(self.account, self.purpose, *self.subject())
            # What the owner verifies in one browser is not for another that is signed in to the same account.
            mine = found is not None and str(found.pk) in self.request.session.get(BEGUN, [])
            self.step_up = found if mine else None
        return gone

    def _begin(self) -> None:
        self.step_up = self.begin_verification()
        begun = self.request.session.get(BEGUN, [])
        self.request.session[BEGUN] = [*begun[1 - TABS :], str(self.step_up.pk)]
        shown = self._cards()
        if not shown:
            messages.error(self.request, _("None of your factors can be used for this now."))
        elif shown[0].sendable:
            self._send(shown[0].id)

    def _send(self, device_id: str) -> None:
        card = next((card for card in self._cards() if card.id == device_id and card.sendable), None)
        if card is not None and self.step_up is not None:
            steps.challenge(self.step_up, UUID(card.id), now=self.now)
            messages.success(self.request, _("We sent a code to %(place)s.") % {"place": card.hint})

    def _verify(self, form: FactorsForm) -> HttpResponseBase:
        for device_id, code in form.codes:
            try:
                if self.step_up is not None:
                    self.step_up = steps.answer(self.step_up, UUID(device_id), code, now=self.now)
            except (TooManyAttempts, VerificationExpired):
                raise
            except PortalError as error:
                add_error(form, device_id, error.message)
        if form.errors:
            return self.show(status=422, form=form)
        if self.stage == ACT:
            # Who just proved themselves goes on under a key that nobody knew before.
            self.request.session.cycle_key()
            elsewhere = self.verified()
            if elsewhere is not None:
                return elsewhere
        return redirect(self.here)

    def _cards(self, fields: dict[str, Any] | None = None) -> list[FactorCard]:
        return cards(steps.factors(self.step_up), fields) if self.step_up is not None else []
