"""What every page does: show itself, read its form, turn a refusal into words, ask for a sign-in where needed."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.forms import BaseForm, Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from accounts import client, clock
from accounts.api.access import second_factor_done
from accounts.exceptions import PortalError, TooManyAttempts
from accounts.models import Account

BAD_REQUEST = 400
UNPROCESSABLE = 422


class Page(View):
    """A page from a template."""

    template_name: ClassVar[str]

    def context(self) -> dict[str, Any]:
        """Return what the template needs."""
        return {}

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """Render the page."""
        return render(self.request, self.template_name, {**self.context(), **more}, status=status)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the page; never changes anything."""
        return self.show()


class FormPage(Page):
    """A page with one form: shape, then the operation, then a redirect. A refusal comes back as the form's error."""

    form_class: ClassVar[type[Form]]

    def make_form(self, data: Any = None) -> Form:
        """Return the form, bound when there is data."""
        return self.form_class(data)

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """Render the page with its form."""
        return super().show(status=status, **{"form": more.pop("form", None) or self.make_form(), **more})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Read the form and act on it."""
        form = self.make_form(request.POST)
        if not form.is_valid():
            return self.show(status=UNPROCESSABLE, form=form)
        try:
            return self.act(form)
        except TooManyAttempts:
            raise  # a page of its own says when to come back (RefusalMiddleware)
        except PortalError as error:
            return self.refuse(form, error)

    def act(self, form: Any) -> HttpResponseBase:
        """Do what the form asks for and return where to go."""
        raise NotImplementedError

    def refuse(self, form: BaseForm, error: PortalError, field: str | None = None) -> HttpResponse:
        """Show the page again with the refusal beside what was typed."""
        form.add_error(field, error.message)
        return self.show(status=UNPROCESSABLE, form=form)


class Tried(View):
    """Each POST is one try of the client's address; where `forgives`, one that was right is given back.

    Where an address itself is what can be guessed, looking is a try too: `counted` names the methods.
    """

    forgives: ClassVar[bool] = False
    counted: ClassVar[frozenset[str]] = frozenset({"POST"})

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Count the try before anything is looked at."""
        if request.method not in self.counted:
            return super().dispatch(request, *args, **kwargs)
        now = clock.now()
        client.spend_try(request, now=now)
        answer = super().dispatch(request, *args, **kwargs)
        if self.forgives and answer.status_code < BAD_REQUEST:
            client.give_try_back(request, now=now)
        return answer


class SignedIn(View):
    """Only with a second factor passed in this session; others sign in first and come back."""

    account: Account

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let the owner in, everybody else to the sign-in page."""
        user = request.user
        if not isinstance(user, Account) or not second_factor_done(user):
            return redirect(f"{reverse('sign-in')}?{urlencode({'next': request.path})}")
        self.account = user
        return super().dispatch(request, *args, **kwargs)


def customer_of(request: HttpRequest) -> Account | None:
    """Return the customer who is signed in with a second factor; None for staff and everybody else."""
    user = request.user
    if not isinstance(user, Account) or user.is_staff or not user.is_verified():  # type: ignore[attr-defined]
        return None
    return user


def safe_next(request: HttpRequest, target: str) -> str:
    """Return `target` when it stays on this site, else nothing: a link must not send people elsewhere after sign-in."""
    allowed = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if allowed and target.startswith("/") else ""
