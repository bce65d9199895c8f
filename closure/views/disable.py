"""Disabling an account as a page: what happens, what stops it, the proof, one button (E06, C08)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts import clock, closing
from accounts.actors import Actor
from accounts.enums import Purpose
from accounts.exceptions import PortalError, WrongPassword
from accounts.forms import MAX_PASSWORD
from accounts.models import StepUp
from accounts.views.guarded import INTRO, GuardedPage
from accounts.views.pages import Page, customer_of
from closure import verification
from closure.exceptions import DisablingStopped
from closure.operations import disable
from closure.operations.start import discard
from closure.policy import loader
from closure.preflight.verdict import Finding
from closure.views import words
from closure.views.check import FindingCard
from closure.views.pages import draft_of

# Where the words of the account check speak of closing, these stand instead.
WHY: dict[str, str | Promise] = {
    "unknown": gettext_lazy("This area could not be checked. We do not disable what we cannot see."),
    "margin": gettext_lazy("Your margin balance is not empty. Nobody could look after it."),
    "position": gettext_lazy("You have open positions. Nobody could look after them."),
    "loan": gettext_lazy("You owe a loan. Its interest would go on, and you could not repay it."),
    "collateral": gettext_lazy("You have collateral for a loan. Nobody could look after it."),
    "second_factor": gettext_lazy("Disabling needs a second factor, and an e-mail code is not one."),
    "factor": gettext_lazy("Disabling needs a factor that you do not have."),
    "factors": gettext_lazy("Disabling needs more kinds of code than you have."),
}


class PasswordForm(forms.Form):
    """The password, where the policy asks for it; last, once the codes are given."""

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        help_text=gettext_lazy("We ask once more, to be sure that it is you."),
        strip=False,
        max_length=MAX_PASSWORD,
        error_messages={"required": gettext_lazy("Enter your password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, data: Any = None, *, ask_password: bool) -> None:
        super().__init__(data)
        if not ask_password:
            del self.fields["password"]


class DisableView(View):
    """The words for everybody; the rest for the owner who is signed in."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show each the page that is theirs."""
        offered = loader.current().reactivation.disable_offered
        is_theirs = customer_of(request) is not None or request.method == "POST"
        page = OwnPage if offered and is_theirs else PublicPage
        return page.as_view()(request, *args, **kwargs)


class PublicPage(Page):
    """What happens, what is needed, how it comes back; or that it is not offered here."""

    template_name = "closure/disable_public.html"

    def context(self) -> dict[str, Any]:
        """Return the words and the way to sign in."""
        return {
            "offered": loader.current().reactivation.disable_offered,
            "sign_in_url": f"{reverse('sign-in')}?{urlencode({'next': reverse('disable')})}",
        }


class OwnPage(GuardedPage):
    """The same words, what stops it, the codes that closing needs too, then the password and the button."""

    template_name = "closure/disable.html"
    purpose = Purpose.DISABLE_ACCOUNT
    verb = gettext_lazy("Disable my account")
    danger = True
    found: Sequence[Finding] = ()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let go of a closing that was begun, or go on."""
        draft = draft_of(self.account)
        if "discard" in request.POST and draft is not None:
            discard(draft.pk, actor=Actor.customer(self.account), now=clock.now())
            messages.success(request, _("We stopped the closing that you had begun. Nothing changed."))
            return redirect(self.here)
        return super().post(request, *args, **kwargs)

    def prepare(self) -> HttpResponseBase | None:
        """Staff accounts are not disabled here: back to the words."""
        return redirect(self.here) if self.account.is_staff else None

    def begin_verification(self) -> StepUp:
        """Ask for the codes that the policy asks for; begins nothing while something stops it."""
        if found := disable.look(self.account, now=self.now):
            raise DisablingStopped(found)
        return disable.begin(self.account, now=self.now)

    def is_enough(self, given: StepUp) -> bool:
        """Tell whether every group of the policy was met."""
        return disable.is_enough(given, self.account, now=self.now)

    def doing(self) -> str:
        """Say what it means."""
        text = _("You are disabling account %(account)s. It can be reactivated.")
        return text % {"account": self.account.short_id}

    def make_action_form(self, data: Any = None) -> PasswordForm:
        """Return the password field, where it is asked."""
        return PasswordForm(data, ask_password=verification.asks_password(loader.current()))

    def context(self) -> dict[str, Any]:
        """Return what stops it, and what will be asked; the core is asked before anything is begun."""
        policy = loader.current()
        found = disable.look(self.account, now=self.now) if self.stage == INTRO else self.found
        return {
            "cards": [FindingCard(_said(each)) for each in found],
            "closing_begun": draft_of(self.account) is not None,
            "blocked": bool(found) or closing.is_open(self.account),
            "codes": words.codes(policy, self.account),
            "limit_text": words.limit(policy),
            "back_url": reverse("security"),
            "back_text": _("Back to Security"),
        }

    def carry_out(self, form: PasswordForm) -> HttpResponseBase:
        """Disable it: nobody is signed in afterwards."""
        disable.disable(
            self.account,
            password=form.cleaned_data.get("password"),
            actor=Actor.customer(self.account),
            now=self.now,
        )
        self.request.session.flush()
        return redirect("disabled")

    def refuse(self, form: BaseForm, error: PortalError, field: str | None = None) -> HttpResponse:
        """Show what came up meanwhile beside the button; the codes stay given."""
        if isinstance(error, DisablingStopped):
            self.found = error.found
        password = "password" if isinstance(error, WrongPassword) else field
        return super().refuse(form, error, password)


def _said(found: Finding) -> Finding:
    """Return a finding in words that speak of disabling; neither a date of closing nor a page of its journey."""
    why = str(WHY.get(found.wording, found.why))
    return replace(found, why=why, clears_at=None, remedy=None, actionable=True)


class DisabledView(Page):
    """What happened, to whoever pressed the button; nobody is signed in here."""

    template_name = "closure/disabled.html"
