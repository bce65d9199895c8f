"""The list of factors, and what is done with one of them: another name, removal, a test."""

from typing import Any
from uuid import UUID

import django_otp
from django import forms
from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import closing, devices
from accounts.enums import FactorKind, Purpose
from accounts.models import BaseDevice
from accounts.verification import upkeep
from accounts.verification.enrollment import MAX_NAME
from accounts.verification.factors import backup, sending
from accounts.verification.upkeep import UnknownFactor
from accounts.views.factors import FactorCard
from accounts.views.guarded import GuardedPage
from accounts.views.pages import Page, SignedIn

NAMES = {
    FactorKind.EMAIL: gettext_lazy("Codes by mail"),
    FactorKind.SMS: gettext_lazy("Codes by text message"),
    FactorKind.TOTP: gettext_lazy("Authenticator app"),
    FactorKind.PASSKEY: gettext_lazy("Passkey"),
    FactorKind.BACKUP: gettext_lazy("Backup codes"),
}


class FactorsView(SignedIn, Page):
    """What proves who you are, and what can be added."""

    template_name = "accounts/factors.html"

    def context(self) -> dict[str, Any]:
        """Return what is on, and what is not."""
        mine = upkeep.enrolled(self.account)
        there = {each.kind for each in mine}
        closure_open = closing.is_open(self.account)
        rows = [
            {"factor": each, "name": NAMES[each.kind], "testable": each.kind is not FactorKind.BACKUP} for each in mine
        ]
        to_add = [
            {"name": NAMES[kind], "url": reverse("security-contact-codes", args=[kind.value])}
            for kind in (FactorKind.EMAIL, FactorKind.SMS)
            if kind not in there and sending.SENDERS[kind].contact(self.account)
        ]
        return {
            "rows": rows,
            "closure_open": closure_open,
            "to_add": to_add,
            "has_totp": FactorKind.TOTP in there,
            "has_backup": FactorKind.BACKUP in there,
            "has_phone": bool(self.account.phone),
            "codes_left": backup.left(self.account),
        }


class OneFactorPage(GuardedPage):
    """A change of one factor, named by its key."""

    device: BaseDevice

    def prepare(self) -> HttpResponseBase | None:
        """Find the factor; another account's is none."""
        try:
            self.device = upkeep.find(self.account, self.kwargs["factor"])
        except UnknownFactor as error:
            raise Http404 from error
        return None

    def subject(self) -> tuple[str, ...]:
        """Bind the verification to this factor."""
        return (str(self.device.pk),)

    @property
    def named(self) -> str:
        """The factor in words."""
        name = upkeep.name_of(self.device, self.account)
        kind = str(NAMES[self.device.kind])
        return f"{kind} ({name})" if name else kind

    def context(self) -> dict[str, Any]:
        """Return the way back."""
        return {
            "back_url": reverse("security-factors"),
            "back_text": _("Back to your factors"),
            "named": self.named,
            "device": self.device,
        }


class NameForm(forms.Form):
    """Another name."""

    name = forms.CharField(
        label=gettext_lazy("New name"),
        max_length=MAX_NAME,
        error_messages={"required": gettext_lazy("Give it a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class RenameView(OneFactorPage):
    """Give a factor another name."""

    template_name = "accounts/factor_rename.html"
    purpose = Purpose.RENAME_FACTOR
    form_class = NameForm
    verb = gettext_lazy("Rename")

    def prepare(self) -> HttpResponseBase | None:
        """Only what has a name of its own."""
        gone = super().prepare()
        if gone is None and self.device.kind not in upkeep.NAMED:
            raise Http404
        return gone

    def doing(self) -> str:
        """Say which."""
        return _("You are renaming: %(factor)s, of account %(account)s.") % {
            "factor": self.named,
            "account": self.account.short_id,
        }

    def carry_out(self, form: NameForm) -> HttpResponseBase:
        """Rename it."""
        upkeep.rename(self.account, self.device.pk, form.cleaned_data["name"], proof=self.proof(), now=self.now)
        messages.success(self.request, _("The factor has a new name."))
        return redirect("security-factors")


class RemoveView(OneFactorPage):
    """Remove a factor; the session goes on with another one."""

    template_name = "accounts/factor_remove.html"
    purpose = Purpose.REMOVE_FACTOR
    verb = gettext_lazy("Remove this factor")
    danger = True

    def doing(self) -> str:
        """Say which."""
        return _("You are removing: %(factor)s, from account %(account)s.") % {
            "factor": self.named,
            "account": self.account.short_id,
        }

    def context(self) -> dict[str, Any]:
        """Return why it may not be removed, where it may not."""
        mine = {each.id: each for each in upkeep.enrolled(self.account)}
        is_last = not mine[self.device.pk].may_remove
        closure_open = closing.is_open(self.account)
        return {**super().context(), "is_last": is_last, "blocked": is_last or closure_open, "closing": closure_open}

    def carry_out(self, form: forms.Form) -> HttpResponseBase:
        """Remove it and end all other sessions."""
        proof = self.proof()
        removed = upkeep.remove(
            self.account,
            self.device.pk,
            proof=proof,
            keep=devices.digest_of(self.request.session.session_key),
            now=self.now,
        )
        rest = [each for each in upkeep.enrolled(self.account) if each.kind is not FactorKind.BACKUP]
        if getattr(self.request.user, "otp_device", None) is not None and rest:
            # The session may stand on the factor that is gone; who just proved themselves stays signed in.
            django_otp.login(self.request, upkeep.find(self.account, self.kept(rest, removed)))
        messages.success(self.request, _("The factor is removed. All other sessions are ended."))
        return redirect("security-factors")

    def kept(self, rest: list[upkeep.Enrolled], removed: BaseDevice) -> UUID:
        """Return the factor that the session stands on from now on: as before, where that one is still there."""
        before = self.request.user.otp_device  # type: ignore[union-attr]  # set by django-otp
        ids = [each.id for each in rest]
        return before.pk if before.pk in ids and before.pk != removed.pk else ids[-1]


class TestView(OneFactorPage):
    """Check that a factor works: a right code, and nothing else changes (N02)."""

    template_name = "accounts/factor_test.html"
    purpose = Purpose.TEST_FACTOR

    def prepare(self) -> HttpResponseBase | None:
        """A backup code would be used up by it."""
        gone = super().prepare()
        if gone is None and self.device.kind is FactorKind.BACKUP:
            raise Http404
        return gone

    def kinds(self) -> frozenset[FactorKind]:
        """This kind alone."""
        return frozenset({self.device.kind})

    def doing(self) -> str:
        """Say which."""
        return _("You are checking that this works: %(factor)s, of account %(account)s.") % {
            "factor": self.named,
            "account": self.account.short_id,
        }

    def _cards(self, fields: dict[str, Any] | None = None) -> list[FactorCard]:
        """Only this one, where there are several of its kind."""
        return [card for card in super()._cards(fields) if card.id == str(self.device.pk)]

    def verified(self) -> HttpResponseBase | None:
        """Say that it works."""
        messages.success(self.request, _("It works: %(factor)s.") % {"factor": self.named})
        return redirect("security-factors")

    def carry_out(self, form: forms.Form) -> HttpResponseBase:
        """Nothing else is to be done."""
        return redirect("security-factors")
