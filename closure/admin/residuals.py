"""Assets that customers give up (B12): what the core said of each way out, and the decision of one of the staff."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from accounts.admin.base import CONTACT_SEARCH_HELP, Facts, account_key, account_link
from accounts.admin.decisions import DecidedAdmin, Decision
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


DECISIONS: tuple[Decision[Residual], ...] = (
    Decision(
        code="confirm",
        heading=gettext_lazy("Confirm that it is given up"),
        consequence=gettext_lazy(
            "It may stay behind when the account closes: listed on the receipt, owed to the customer, never income. "
            "The customer gets a mail, and can take it back until then."
        ),
        done=gettext_lazy("It is confirmed."),
        operation=partial(give_up.decide, confirm=True),
        offered=lambda _row, _actor: True,
    ),
    Decision(
        code="refuse",
        heading=gettext_lazy("Refuse"),
        consequence=gettext_lazy("It stops the closing as before. The customer gets a mail, and can ask again."),
        done=gettext_lazy("It is refused."),
        operation=partial(give_up.decide, confirm=False),
        offered=lambda _row, _actor: True,
    ),
)


class ResidualAdmin(DecidedAdmin[Residual]):
    """What is given up, what waits for a decision first."""

    decisions = DECISIONS
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

    def is_open_to(self, row: Residual, actor: Actor) -> bool:
        """Who may decide about it, while it waits."""
        return row.state == ResidualState.ASKED and give_up.can_decide(actor, row)
