"""Where somebody is signed in, every sign-in with "this was not me", and the anti-phishing code (N04, N06)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import anti_phishing, client, clock, devices, sign_in_history
from accounts.enums import Purpose
from accounts.exceptions import NotAllowed
from accounts.views.guarded import GuardedPage
from accounts.views.pages import Page, SignedIn


class DevicesView(SignedIn, Page):
    """The sessions of the owner; all others end by one button."""

    template_name = "accounts/devices.html"

    def context(self) -> dict[str, Any]:
        """Return the sessions."""
        mine = devices.digest_of(self.request.session.session_key)
        found = devices.of_account(self.account, current=mine, now=clock.now())
        return {"devices": found, "others": sum(not each.current for each in found)}

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """End all others."""
        keep = devices.digest_of(request.session.session_key)
        devices.end_others(self.account, keep=keep, now=clock.now())
        messages.success(request, _("All other sessions are ended."))
        return redirect("security-devices")


class SignInsView(SignedIn, Page):
    """Every sign-in we know of, the newest first."""

    template_name = "accounts/sign_ins.html"

    def context(self) -> dict[str, Any]:
        """Return the sign-ins in words."""
        rows = []
        for each in sign_in_history.latest(self.account):
            browser, system = client.family(each.user_agent)
            rows.append({"sign_in": each, "browser": browser, "system": system})
        return {"rows": rows}


class SignInsFileView(SignedIn):
    """The same as a table to take away."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the CSV."""
        rows = sign_in_history.latest(self.account, most=sign_in_history.MOST_IN_FILE)
        answer = HttpResponse(sign_in_history.as_csv(rows), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = 'attachment; filename="sign-ins.csv"'
        return answer


class DisownView(SignedIn, Page):
    """ "This was not me": what it does, and one button. It stops and opens nothing, so a session is enough."""

    template_name = "accounts/disown.html"

    def context(self) -> dict[str, Any]:
        """Return the sign-in in question."""
        found = next((each for each in sign_in_history.latest(self.account) if each.pk == self.kwargs["sign_in"]), None)
        return {"sign_in": found, "device": " ".join(client.family(found.user_agent)) if found else ""}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it; one that is not there leads back to the list."""
        return self.show() if self.context()["sign_in"] else redirect("security-sign-ins")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Lock the account; this session ends with all others."""
        try:
            sign_in_history.disown(self.account, self.kwargs["sign_in"], now=clock.now())
        except NotAllowed:
            return redirect("security-sign-ins")
        request.session.flush()
        return redirect("security-locked")


class LockedView(Page):
    """What happened, to whoever pressed the button."""

    template_name = "accounts/locked.html"


class AntiPhishingForm(forms.Form):
    """The words."""

    code = forms.CharField(
        label=gettext_lazy("Your words"),
        help_text=gettext_lazy("4 to 32 letters, digits, spaces or dashes. Leave it empty to show none."),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )


class AntiPhishingView(GuardedPage):
    """The words that every mail of ours shows, with a sample."""

    template_name = "accounts/anti_phishing.html"
    purpose = Purpose.ANTI_PHISHING
    form_class = AntiPhishingForm
    verb = gettext_lazy("Save")

    def doing(self) -> str:
        """Say what changes."""
        return _("You are choosing the words that our mails to account %(account)s show.") % {
            "account": self.account.short_id
        }

    def context(self) -> dict[str, Any]:
        """Return the words there are, masked, and the way back."""
        return {
            "back_url": reverse("security"),
            "back_text": _("Back to Security"),
            "shown": anti_phishing.masked(self.account),
        }

    def carry_out(self, form: AntiPhishingForm) -> HttpResponseBase:
        """Keep them; from now on every mail shows them."""
        kept = anti_phishing.change(self.account, form.cleaned_data["code"], proof=self.proof(), now=self.now)
        words = (
            _("From now on every mail of ours shows your words.") if kept else _("Our mails show no words any more.")
        )
        messages.success(self.request, words)
        return redirect("security-anti-phishing")
