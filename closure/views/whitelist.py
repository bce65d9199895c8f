"""The switch of the withdrawal whitelist: on by one press, off by a fresh factor (N05)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts import clock
from accounts.enums import Purpose
from accounts.templatetags.portal_ui import when
from accounts.views.guarded import GuardedPage
from accounts.views.pages import SignedIn
from closure.exceptions import CoreAway
from closure.operations import whitelist

LIST = "security-addresses"


class WhitelistOnView(SignedIn, View):
    """Turn it on, by POST alone."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Turn it on, and come back."""
        try:
            whitelist.turn_on(self.account, now=clock.now())
        except CoreAway as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("The whitelist is on."))
        return redirect(LIST)


class WhitelistOffView(GuardedPage):
    """Turn it off: a thief at an open session must not."""

    template_name = "closure/whitelist_off.html"
    purpose = Purpose.WHITELIST_OFF
    verb = gettext_lazy("Turn off the whitelist")
    danger = True

    def prepare(self) -> HttpResponseBase | None:
        """Go back where there is nothing to turn off."""
        try:
            return None if whitelist.is_on(self.account) else redirect(LIST)
        except CoreAway as error:
            messages.error(self.request, error.message)
            return redirect(LIST)

    def doing(self) -> str:
        """Say what it means."""
        return _("You are turning off the withdrawal whitelist of account %(account)s.") % {
            "account": self.account.short_id
        }

    def context(self) -> dict[str, Any]:
        """Return the heading and the way back."""
        return {"title": self.verb, "back_url": reverse(LIST), "back_text": _("Back to your addresses")}

    def carry_out(self, form: forms.Form) -> HttpResponseBase:
        """Turn it off."""
        until = whitelist.turn_off(self.account, proof=self.proof(), now=self.now)
        text = _("The whitelist is off. Withdrawals are held until %(when)s.") % {"when": when(until)}
        messages.success(self.request, text)
        return redirect(LIST)
