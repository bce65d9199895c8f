"""Changing an e-mail address or phone number: what is on file, the new one, a factor, the code from there (C06)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock, closing, contact_change
from accounts.enums import FactorKind, MessageChannel, Purpose
from accounts.exceptions import PortalError, TooManyAttempts
from accounts.forms import MAX_IDENTIFIER, CodeForm
from accounts.identifiers import mask
from accounts.models import ContactChange
from accounts.verification import upkeep
from accounts.views.guarded import GuardedPage
from accounts.views.pages import FormPage, Page, SignedIn

CHANNELS = {"email": MessageChannel.EMAIL, "phone": MessageChannel.SMS}
FACTORS = {"email": FactorKind.EMAIL, "phone": FactorKind.SMS}
NAMES = {"email": gettext_lazy("E-mail address"), "phone": gettext_lazy("Phone number")}
TYPES = {"email": ("email", "email"), "phone": ("tel", "tel")}


class ContactView(SignedIn, Page):
    """What is on file, masked, whether it works, and where to change it."""

    template_name = "accounts/contact.html"

    def context(self) -> dict[str, Any]:
        """Return both contacts."""
        on = {each.kind: each for each in upkeep.enrolled(self.account)}
        rows = []
        for name, channel in CHANNELS.items():
            value = getattr(self.account, contact_change.COLUMNS[channel])
            rows.append(
                {
                    "name": NAMES[name],
                    "hint": mask(contact_change.KINDS[channel], value) if value else "",
                    "url": reverse("security-contact-change", args=[name]),
                    "factor": on.get(FACTORS[name]),
                }
            )
        return {"rows": rows, "closure_open": closing.is_open(self.account)}


class ContactPage(SignedIn):
    """A step of changing the contact that the address names."""

    @property
    def name(self) -> str:
        """Which contact."""
        return str(self.kwargs["contact"])

    @property
    def channel(self) -> MessageChannel:
        """Which channel it is of."""
        return CHANNELS[self.name]

    def title(self) -> str:
        """Return the heading, the same on every step."""
        there = getattr(self.account, contact_change.COLUMNS[self.channel])
        words = {
            ("email", True): _("Change the e-mail address"),
            ("email", False): _("Add an e-mail address"),
            ("phone", True): _("Change the phone number"),
            ("phone", False): _("Add a phone number"),
        }
        return words[self.name, bool(there)]

    def change_page(self, step: str) -> HttpResponse:
        """Lead to a step."""
        return redirect(step, self.name)


class NewContactForm(forms.Form):
    """The new contact."""

    value = forms.CharField(max_length=MAX_IDENTIFIER, error_messages={"required": gettext_lazy("Type the new one.")})

    def __init__(self, data: Any = None, *, name: str) -> None:
        super().__init__(data)
        kind, autocomplete = TYPES[name]
        field = self.fields["value"]
        field.label = _("New e-mail address") if name == "email" else _("New phone number")
        field.help_text = "" if name == "email" else _("Start with + and the country code.")
        field.widget = forms.TextInput(
            attrs={"type": kind, "autocomplete": autocomplete, "autocapitalize": "none", "spellcheck": "false"}
        )


class NewContactView(ContactPage, FormPage):
    """The first step: the new contact."""

    template_name = "accounts/contact_new.html"

    def make_form(self, data: Any = None) -> NewContactForm:
        """Return the field."""
        return NewContactForm(data, name=self.name)

    def context(self) -> dict[str, Any]:
        """Return the heading."""
        return {"title": self.title(), "closure_open": closing.is_open(self.account)}

    def act(self, form: NewContactForm) -> HttpResponseBase:
        """Keep it and go on."""
        try:
            contact_change.ask(self.account, self.channel, form.cleaned_data["value"], now=clock.now())
        except TooManyAttempts:
            raise
        except PortalError as error:
            return self.refuse(form, error, "value")
        return self.change_page("security-contact-allow")


class AllowContactView(ContactPage, GuardedPage):
    """The second step: a factor allows exactly this change, then a code goes to the new contact."""

    template_name = "accounts/contact_allow.html"
    purpose = Purpose.CHANGE_CONTACT
    change: ContactChange

    def prepare(self) -> HttpResponseBase | None:
        """Find the change that was begun."""
        found = contact_change.current(self.account, self.channel, now=self.now)
        if found is None:
            return self.change_page("security-contact-change")
        if found.authorized_at is not None:
            return self.change_page("security-contact-confirm")
        self.change = found
        return None

    def subject(self) -> tuple[str, ...]:
        """Bind the verification to this very change, and so to the new contact."""
        return (str(self.change.pk),)

    def doing(self) -> str:
        """Say what becomes what."""
        told = {
            "new": contact_change.new_contact(self.change),
            "account": self.account.short_id,
        }
        return _("You are making %(new)s a contact of account %(account)s.") % told

    def context(self) -> dict[str, Any]:
        """Return the heading and the way back."""
        back = reverse("security-contact-change", args=[self.name])
        return {"title": self.title(), "back_url": back, "back_text": _("Back")}

    def verified(self) -> HttpResponseBase | None:
        """Send the code."""
        contact_change.authorize(self.change, proof=self.proof(), now=self.now)
        return self.change_page("security-contact-confirm")

    def carry_out(self, form: forms.Form) -> HttpResponseBase:
        """Do the same where sending failed before."""
        return self.verified() or self.change_page("security-contact-confirm")


class ConfirmContactView(ContactPage, FormPage):
    """The last step: the code from the new contact."""

    template_name = "accounts/contact_confirm.html"
    form_class = CodeForm
    change: ContactChange

    def dispatch_change(self) -> HttpResponseBase | None:
        """Find the change that was allowed."""
        found = contact_change.current(self.account, self.channel, now=clock.now())
        if found is None or found.authorized_at is None:
            return self.change_page("security-contact-change")
        self.change = found
        return None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the field, or the step that is open."""
        return self.dispatch_change() or self.show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take the code, or send another."""
        gone = self.dispatch_change()
        if gone is not None:
            return gone
        if "send" not in request.POST:
            return super().post(request, *args, **kwargs)
        try:
            contact_change.send_again(self.change, now=clock.now())
            messages.success(request, _("We sent a new code."))
        except TooManyAttempts:
            raise
        except PortalError as error:
            messages.error(request, error.message)
        return redirect(request.path)

    def make_form(self, data: Any = None) -> CodeForm:
        """Return the field for the code."""
        return CodeForm(data, label=_("Code that we sent to the new contact"))

    def context(self) -> dict[str, Any]:
        """Return where the code went."""
        return {"title": self.title(), "place": contact_change.new_contact(self.change)}

    def act(self, form: CodeForm) -> HttpResponseBase:
        """Make the change."""
        contact_change.confirm(self.change, form.cleaned_data["code"], now=clock.now())
        messages.success(self.request, _("Changed. The old contact got a link that takes it back for 72 hours."))
        return redirect("security-contact")
