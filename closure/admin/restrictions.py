"""Placing a restriction at the console: staff read what the customer will read, before anything happens (K02-K04)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock, placing
from accounts.actors import Actor
from accounts.admin import restrictions as base
from accounts.admin.base import NO_ACCOUNT, account_key, actor_of
from accounts.admin.forms import ReasonForm
from accounts.enums import TIPPING_OFF, RestrictionKind
from accounts.exceptions import PortalError
from accounts.models import Restriction
from closure import restriction_words


class PlaceForm(ReasonForm):
    """Whom to restrict, and how; each kind with the words that the customer reads."""

    account = forms.CharField(
        label=gettext_lazy("Account"),
        help_text=gettext_lazy("An e-mail address or phone number in full, or the id."),
        max_length=320,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Restriction"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a restriction.")},
    )
    field_order = ("account", "kind", "reason")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(kind.value, _choice(kind)) for kind in placing.placeable(actor)]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]  # the field is a choice, its type a field


def _choice(kind: RestrictionKind) -> SafeString:
    """Return a kind with what it stops and says, and who has to look too."""
    told = restriction_words.told(restriction_words.code_of(kind))
    second = _("Another person of compliance confirms it within 24 hours.") if kind in TIPPING_OFF else ""
    return format_html(
        '<strong>{}</strong> <span class="hint">{} “{} {} {} {}” {}</span>',
        kind.label,
        _("The customer reads:"),
        told.said.why,
        told.stopped,
        told.said.how,
        told.said.condition,
        second,
    )


class RestrictionAdmin(base.RestrictionAdmin):
    """Restrictions, with placing one."""

    change_list_template = "staff/restriction_list.html"

    def more_urls(self) -> list[URLPattern]:
        """Add placing."""
        wrap = self.admin_site.admin_view
        return [path("place/", wrap(self.place_view), name=f"{self.route}_place"), *super().more_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Offer placing to who may."""
        more = {"may_place": bool(placing.placeable(actor_of(request))), **(extra_context or {})}
        return super().changelist_view(request, more)

    def place_view(self, request: HttpRequest) -> HttpResponse:
        """Place one."""
        actor = actor_of(request)
        if not placing.placeable(actor):
            raise PermissionDenied
        form = PlaceForm(request.POST or None, actor=actor, initial={"account": request.GET.get("account", "")})
        if request.method == "POST" and form.is_valid():
            placed = _place(form, actor)
            if placed is not None:
                messages.success(request, _("The restriction stands."))
                return redirect(self.address(placed))
        return self.form_page(request, form, template="staff/place_restriction.html", title=_("Place a restriction"))


def _place(form: PlaceForm, actor: Actor) -> Restriction | None:
    """Place as the form says; None where it was refused, which the form then tells."""
    given = form.cleaned_data
    account_id = account_key(given["account"])
    if account_id == NO_ACCOUNT:
        form.add_error("account", _("There is no account with this e-mail address, phone number or id."))
        return None
    kind = RestrictionKind(given["kind"])
    try:
        return placing.place(account_id, kind, actor=actor, reason=given["reason"], now=clock.now())
    except PortalError as error:
        form.add_error(None, error.message)
        return None
