"""Adding factors: authenticator, codes to a contact on file, passkeys, backup codes (N03)."""

import io
from typing import Any

import django_otp
import segno
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import closing
from accounts.enums import FactorKind, Purpose
from accounts.forms import CodeForm, passkey_field
from accounts.models import Account, BackupDevice, Passkey, TotpDevice
from accounts.verification import enrollment, upkeep
from accounts.verification.factors import backup, sending, totp
from accounts.views.guarded import ACT, GuardedPage
from accounts.views.pages import SignedIn

SECRET_GROUP = 4


class AddingPage(GuardedPage):
    """One factor to add; the way back leads to the list."""

    purpose = Purpose.ENROLL_FACTOR
    kind: FactorKind

    def subject(self) -> tuple[str, ...]:
        """Bind the verification to the kind."""
        return (self.kind.value,)

    def context(self) -> dict[str, Any]:
        """Return the way back."""
        return {"back_url": reverse("security-factors"), "back_text": _("Back to your factors")}

    def done(self, words: str) -> HttpResponse:
        """Say what is on now."""
        messages.success(self.request, words)
        return redirect("security-factors")


def pending_totp(account: Account) -> TotpDevice | None:
    """Return the authenticator that is being set up."""
    found: TotpDevice | None = TotpDevice.objects.filter(user=account, confirmed=False).order_by("-created_at").first()
    return found


class TotpView(AddingPage):
    """Set up an authenticator: a picture to scan, the same key as text, and one code to prove it works."""

    template_name = "accounts/totp.html"
    kind = FactorKind.TOTP
    form_class = CodeForm
    verb = gettext_lazy("Turn on")

    def doing(self) -> str:
        """Say which account gets an authenticator."""
        return _("You are adding an authenticator app to account %(account)s.") % {"account": self.account.short_id}

    def context(self) -> dict[str, Any]:
        """Return where the set-up stands; the key is shown to who has just proved themselves alone."""
        device = pending_totp(self.account) if self.stage == ACT else None
        enrolled = TotpDevice.objects.filter(user=self.account, confirmed=True).exists()
        blocked = enrolled and closing.is_open(self.account)
        return {
            **super().context(),
            "enrolled": enrolled,
            "device": device,
            "secret": secret_text(device) if device else "",
            "blocked": blocked,
        }

    def verified(self) -> HttpResponseBase | None:
        """Make a key."""
        enrollment.start_totp(self.account, proof=self.proof(), now=self.now)
        return None

    def make_action_form(self, data: Any = None) -> CodeForm:
        """Return the field for the first code."""
        return CodeForm(data, label=gettext_lazy("Code from the app"))

    def carry_out(self, form: CodeForm) -> HttpResponseBase:
        """Turn the authenticator on."""
        device = pending_totp(self.account)
        if device is None:
            return redirect(self.request.path)
        enrollment.confirm_totp(self.account, device.pk, form.cleaned_data["code"], proof=self.proof(), now=self.now)
        if isinstance(self.request.user.otp_device, TotpDevice):  # type: ignore[union-attr]  # set by django-otp
            # The session stood on the app that was replaced.
            django_otp.login(self.request, device)
        return self.done(_("The authenticator app is on."))


class TotpQrView(SignedIn):
    """The key as a picture: an image of its own, because the content security policy allows no inline data."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the QR code as SVG; 404 when nothing is being set up by somebody who proved themselves."""
        page = TotpView()
        page.setup(request)
        page.account = self.account
        device = pending_totp(self.account)
        if page._open() is not None or page.stage != ACT or device is None:
            raise Http404
        picture = io.BytesIO()
        segno.make(enrollment.provisioning_uri(device), error="m").save(picture, kind="svg", scale=4, dark="#14181f")
        return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


def secret_text(device: TotpDevice) -> str:
    """Return the key as people type it: in groups of four."""
    secret = totp.secret_text(device)
    return " ".join(secret[start : start + SECRET_GROUP] for start in range(0, len(secret), SECRET_GROUP))


class ContactCodesView(AddingPage):
    """Turn codes to the e-mail address or phone number on file on again."""

    template_name = "accounts/contact_codes.html"
    form_class = CodeForm
    verb = gettext_lazy("Turn on")

    def prepare(self) -> HttpResponseBase | None:
        """Leave where there is no such contact, or its codes are on."""
        self.kind = FactorKind(self.kwargs["kind"])
        there = any(each.kind is self.kind for each in upkeep.enrolled(self.account))
        if there or not sending.SENDERS[self.kind].contact(self.account):
            return redirect("security-factors")
        return None

    def doing(self) -> str:
        """Say where codes will go."""
        told = {"place": sending.SENDERS[self.kind].hint(self.account), "account": self.account.short_id}
        return _("You are turning on codes to %(place)s for account %(account)s.") % told

    def verified(self) -> HttpResponseBase | None:
        """Send the code that shows that they arrive."""
        enrollment.start_contact(self.account, self.kind, proof=self.proof(), now=self.now)
        return None

    def make_action_form(self, data: Any = None) -> CodeForm:
        """Return the field for the code."""
        return CodeForm(data, label=gettext_lazy("Code that we sent there"))

    def carry_out(self, form: CodeForm) -> HttpResponseBase:
        """Turn it on."""
        enrollment.confirm_contact(self.account, self.kind, form.cleaned_data["code"], proof=self.proof(), now=self.now)
        return self.done(_("Codes to this contact are on."))


class PasskeyForm(forms.Form):
    """What to call it, and what the browser made."""

    name = forms.CharField(
        label=gettext_lazy("Name of the passkey"),
        help_text=gettext_lazy("For example the device it is on."),
        max_length=enrollment.MAX_NAME,
        error_messages={"required": gettext_lazy("Give it a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    made = passkey_field()

    def clean(self) -> dict[str, Any]:
        """Ask for what the browser makes."""
        if not self.errors and not self.cleaned_data.get("made"):
            raise forms.ValidationError(_("The browser made no passkey. Press the button, or use another factor."))
        return self.cleaned_data


class PasskeyView(AddingPage):
    """Make a passkey: on this device, on a phone beside it, or on a key that is carried along."""

    template_name = "accounts/passkey.html"
    kind = FactorKind.PASSKEY
    form_class = PasskeyForm

    def doing(self) -> str:
        """Say which account gets a passkey."""
        return _("You are adding a passkey to account %(account)s.") % {"account": self.account.short_id}

    def context(self) -> dict[str, Any]:
        """Return how many there are."""
        return {**super().context(), "count": Passkey.objects.filter(user=self.account).count()}

    def carry_out(self, form: PasskeyForm) -> HttpResponseBase:
        """Add it."""
        given = form.cleaned_data
        enrollment.add_passkey(self.account, given["made"], name=given["name"], proof=self.proof(), now=self.now)
        return self.done(_("The passkey is on. Check that it works: the list has a button for it."))


class BackupView(AddingPage):
    """Ten codes for the day the phone is gone: shown once, right after they were made."""

    template_name = "accounts/backup.html"
    kind = FactorKind.BACKUP
    purpose = Purpose.BACKUP_CODES
    verb = gettext_lazy("Make ten codes")

    def subject(self) -> tuple[str, ...]:
        """There is one set."""
        return ()

    def doing(self) -> str:
        """Say what happens to the codes before."""
        told = {"account": self.account.short_id}
        if BackupDevice.objects.filter(user=self.account).exists():
            return _("You are making new backup codes for account %(account)s. The old ones stop working.") % told
        return _("You are making backup codes for account %(account)s.") % told

    def context(self) -> dict[str, Any]:
        """Return how many are left."""
        return {
            **super().context(),
            "exists": BackupDevice.objects.filter(user=self.account).exists(),
            "left": backup.left(self.account),
            "blocked": closing.is_open(self.account),
        }

    def carry_out(self, form: forms.Form) -> HttpResponseBase:
        """Make them and show them in the answer to this very POST: nothing keeps them."""
        made = enrollment.make_backup_codes(self.account, proof=self.proof(), now=self.now)
        self.step_up = None
        # The page has nothing else to offer now: a press on "Prove that it is you" would cost the codes just shown.
        return self.show(form=form, codes=made, blocked=True)
