"""Registering: an address, then the link that was sent there, then a password. One answer for every address (M01)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import clock, registration
from accounts.asking import LinkGone
from accounts.exceptions import BadIdentifier, NotAllowed
from accounts.identifiers import mask
from accounts.passwords import WeakPassword
from accounts.registration import Registration
from accounts.views.pages import UNPROCESSABLE, FormPage, Page, Tried
from accounts.views.passwords import ContactForm, NewPasswordForm

GONE = 410


class RegisterView(Tried, FormPage):
    """Which address; whatever is behind it, the same page follows."""

    template_name = "accounts/register.html"
    form_class = ContactForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the form, or go on when somebody is signed in already."""
        return redirect("security") if request.user.is_authenticated else self.show()

    def act(self, form: Any) -> HttpResponseBase:
        """Have the message sent."""
        try:
            registration.ask(form.cleaned_data["identifier"], language=get_language() or "", now=clock.now())
        except (BadIdentifier, NotAllowed) as error:
            return self.refuse(form, error, "identifier")
        return redirect("register-sent")


class RegisterSentView(Page):
    """One page for everybody who asked."""

    template_name = "accounts/register_sent.html"

    def context(self) -> dict[str, Any]:
        """Return how long the link works."""
        return {"minutes": registration.LIVES.seconds // 60}


class RegisterLinkView(Tried, FormPage):
    """The mailed link: looking changes nothing; the form makes the account and uses the link up."""

    template_name = "accounts/register_link.html"
    form_class = NewPasswordForm
    forgives = True
    found: Registration

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Read the link; one answer for every link that does not work."""
        try:
            self.found = registration.read(kwargs["token"], now=clock.now())
        except LinkGone:
            return gone(request, "register")
        return super().dispatch(request, *args, **kwargs)

    def context(self) -> dict[str, Any]:
        """Return whose account it becomes."""
        return {"hint": mask(self.found.kind, self.found.contact)}

    def act(self, form: Any) -> HttpResponseBase:
        """Make the account and lead to signing in."""
        try:
            registration.register(self.kwargs["token"], password=form.cleaned_data["password"], now=clock.now())
        except WeakPassword as error:
            form.add_error("password", error.message)
            return self.show(status=UNPROCESSABLE, form=form)
        except LinkGone:
            return gone(self.request, "register")
        messages.success(self.request, _("Your account is ready. Sign in."))
        return redirect("sign-in")


def gone(request: HttpRequest, again: str) -> HttpResponse:
    """Say that a link does not work (any more), and where to ask for another one."""
    return render(request, "accounts/link_gone.html", {"again": again}, status=GONE)
