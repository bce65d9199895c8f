"""The page behind the link of create_staff: a password and an authenticator, set together by one POST."""

import io
from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts import clock, staff_enrollment
from accounts.exceptions import WrongCode
from accounts.forms import MAX_PASSWORD, code_field
from accounts.passwords import WeakPassword
from accounts.staff_enrollment import Invitation, LinkRefused
from accounts.verification.factors import totp
from accounts.views.adding import secret_text
from accounts.views.pages import UNPROCESSABLE, FormPage

GONE = 410


class EnrollForm(forms.Form):
    """A password, the same again, and the first code of the authenticator."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        help_text=gettext_lazy(
            "At least 12 characters: a small letter, a capital letter, a digit and a sign such as ! or -."
        ),
        strip=False,
        max_length=MAX_PASSWORD,
        error_messages={"required": gettext_lazy("Choose a password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("The same password again"),
        strip=False,
        max_length=MAX_PASSWORD,
        error_messages={"required": gettext_lazy("Type the password again.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    code = code_field(label=gettext_lazy("Code from the app"))

    def clean(self) -> dict[str, Any]:
        """Compare the two."""
        given = self.cleaned_data
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", _("The two passwords are not the same."))
        return given


class LinkPage(View):
    """Only with a link that works; any other gets one answer, whatever is wrong with it."""

    invitation: Invitation

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Read the link, which changes nothing."""
        try:
            self.invitation = staff_enrollment.read(kwargs["token"], now=clock.now())
        except LinkRefused:
            return gone(request)
        return super().dispatch(request, *args, **kwargs)


def gone(request: HttpRequest) -> HttpResponse:
    """Say that a link does not work (any more)."""
    return render(request, "accounts/enroll_gone.html", status=GONE)


class EnrollView(LinkPage, FormPage):
    """Shows what to do; one POST does it and uses the link up."""

    template_name = "accounts/enroll.html"
    form_class = EnrollForm

    def context(self) -> dict[str, Any]:
        """Return the key to type, for whom, and until when."""
        return {
            "email": self.invitation.account.email,
            "secret": secret_text(self.invitation.device),
            "expires_at": self.invitation.expires_at,
            "token": self.kwargs["token"],
        }

    def act(self, form: EnrollForm) -> HttpResponseBase:
        """Enroll and go on to signing in."""
        given = form.cleaned_data
        try:
            staff_enrollment.enroll(
                self.kwargs["token"], password=given["password"], code=given["code"], now=clock.now()
            )
        except WeakPassword as error:
            form.add_error("password", error.message)
        except WrongCode as error:
            form.add_error("code", error.message)
        except LinkRefused:
            return gone(self.request)
        if form.errors:
            return self.show(status=UNPROCESSABLE, form=form)
        messages.success(self.request, _("You are enrolled. Sign in with your password and the next code of the app."))
        return redirect("sign-in")


class EnrollQrView(LinkPage):
    """The key as a picture of its own: the content security policy allows no inline data."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Return the QR code as SVG."""
        picture = io.BytesIO()
        code = segno.make(totp.provisioning_uri(self.invitation.device), error="m")
        code.save(picture, kind="svg", scale=4, dark="#14181f")
        return HttpResponse(picture.getvalue(), content_type="image/svg+xml")
