"""Changing the password one knows: a fresh factor first, then the old and the new one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Purpose
from accounts.exceptions import WrongPassword
from accounts.forms import MAX_PASSWORD
from accounts.passwords import WeakPassword
from accounts.sessions import key_digest
from accounts.verification.password_change import change_password
from accounts.views.guarded import GuardedPage
from accounts.views.pages import UNPROCESSABLE
from accounts.views.passwords import new_password_field


class ChangePasswordForm(forms.Form):
    """The password of now, and the new one."""

    current = forms.CharField(
        label=gettext_lazy("Password you have now"),
        strip=False,
        max_length=MAX_PASSWORD,
        error_messages={"required": gettext_lazy("Enter your password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = new_password_field()


class PasswordView(GuardedPage):
    """Change the password: a fresh factor first, then the old and the new one."""

    template_name = "accounts/password.html"
    purpose = Purpose.CHANGE_PASSWORD
    form_class = ChangePasswordForm
    verb = gettext_lazy("Change the password")

    def doing(self) -> str:
        """Say what is verified."""
        return _("You want to change your password.")

    def context(self) -> dict[str, Any]:
        """Return the way back."""
        return {"back_url": reverse("security"), "back_text": _("Back to security")}

    def carry_out(self, form: Any) -> HttpResponseBase:
        """Take the new password; this browser stays signed in, under a new key."""
        session, given = self.request.session, form.cleaned_data
        try:
            account = change_password(
                self.account,
                current=given["current"],
                password=given["password"],
                proof=self.proof(),
                keep=key_digest(session.session_key or ""),
                now=self.now,
            )
        except WrongPassword as error:
            form.add_error("current", error.message)
        except WeakPassword as error:
            form.add_error("password", error.message)
        else:
            update_session_auth_hash(self.request, account)
            messages.success(self.request, _("Your password is changed. Everywhere else you are signed out."))
            return redirect("security")
        return self.show(status=UNPROCESSABLE, form=form)
