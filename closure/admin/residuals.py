"""Assets that customers give up (B12): what the core said of each way out, and the decision of one of the staff."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.admin.base import CONTACT_SEARCH_HELP, Facts, ViewOnlyAdmin, account_key, account_link, actor_of
from accounts.exceptions import NotAllowed, PortalError
from accounts.templatetags.portal_ui import tag, when
from closure.enums import ResidualState
from closure.models import Residual
from closure.operations import give_up
from closure.preflight.remedies.wordings import refusal

TONES = {
    ResidualState.ASKED: "warn",
    ResidualState.CONFIRMED: "ok",
    ResidualState.REFUSED: "danger",
    ResidualState.TAKEN_BACK: "plain",
}


class ResidualAdmin(ViewOnlyAdmin[Residual]):
    """What is given up, what waits for a decision first."""

    record_template = "staff/residual.html"
    list_display = ("asset", "amount", "shown_state", "shown_account", "asked")
    list_display_links = ("asset",)
    list_filter = ("state",)
    ordering = ("-asked_at", "-id")
    search_fields = ("asset",)
    search_help_text = CONTACT_SEARCH_HELP

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Residual], search_term: str
    ) -> tuple[QuerySet[Residual], bool]:
        """Find by the account behind a contact."""
        if not search_term.strip():
            return queryset, False
        return queryset.filter(account_id=account_key(search_term)), False

    @admin.display(description=gettext_lazy("State"))
    def shown_state(self, row: Residual) -> SafeString:
        """The state as a tag."""
        return tag(TONES[ResidualState(row.state)], row.get_state_display())

    @admin.display(description=gettext_lazy("Account"))
    def shown_account(self, row: Residual) -> SafeString | str:
        """Whose it is."""
        return account_link(row.account_id)

    @admin.display(description=gettext_lazy("Asked"))
    def asked(self, row: Residual) -> str:
        """When it was asked for."""
        return when(row.asked_at)

    def more_urls(self) -> list[URLPattern]:
        """Add deciding."""
        wrap = self.admin_site.admin_view
        return [path("<uuid:key>/decide/", wrap(self.decide_view), name="closure_residual_decide")]

    def title(self, row: Residual) -> str:
        """Return what is given up."""
        return _("%(amount)s %(asset)s given up") % {"amount": row.amount, "asset": row.asset}

    def facts(self, row: Residual) -> Facts:
        """Return how it stands, and why the core refused each way out."""
        facts: list[tuple[str, Any]] = [
            (_("State"), self.shown_state(row)),
            (_("Account"), account_link(row.account_id)),
            (_("Asked"), when(row.asked_at)),
        ]
        facts += [(name.replace("_", " "), refusal(reason)) for name, reason in row.refusals.items()]
        return [*facts, (_("Decided"), when(row.decided_at))] if row.decided_at else facts

    def show(self, request: HttpRequest, row: Residual, *, status: int = 200, **more: Any) -> HttpResponse:
        """Add the decision where it waits for one that this person may take."""
        may = row.state == ResidualState.ASKED and give_up.can_decide(actor_of(request), row)
        return super().show(request, row, status=status, may_decide=may, **more)

    def decide_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Confirm or refuse."""
        row = self.find(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            confirm = "confirm" in request.POST
            done = give_up.decide(row.pk, confirm=confirm, actor=actor_of(request), now=clock.now())
            messages.success(request, _("It is %(state)s.") % {"state": done.get_state_display()})
        except NotAllowed:
            raise
        except PortalError as error:
            messages.error(request, error.message)
        return redirect(self.address(row))
