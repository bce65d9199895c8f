"""Accounts that staff open again: proposed by one person on a case, opened or taken back by a second here (L06)."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from accounts.admin.base import CONTACT_SEARCH_HELP, Facts, account_key, account_link, actor_words
from accounts.admin.decisions import DecidedAdmin, Decision
from accounts.admin.filters import WorkFilter
from accounts.admin.work import Work
from accounts.templatetags.portal_ui import tag, when
from closure.admin.reactivations.dossier import case_link
from closure.models import Readmission
from closure.operations import readmit

DECISIONS: tuple[Decision[Readmission], ...] = (
    Decision(
        code="confirm",
        heading=gettext_lazy("Open the account"),
        consequence=gettext_lazy(
            "The account is active at once, with a dead password and withdrawals held. "
            "Its owner chooses a new password."
        ),
        done=gettext_lazy("The account is open again. Its owner gets a message, and chooses a new password."),
        operation=readmit.confirm,
        offered=readmit.can_confirm,
    ),
    Decision(
        code="drop",
        heading=gettext_lazy("Take the proposal back"),
        consequence=gettext_lazy("The account stays disabled. Somebody may propose it again on the case."),
        done=gettext_lazy("The proposal is taken back."),
        operation=readmit.drop,
        offered=lambda _row, _actor: True,
    ),
)
WORK: tuple[Work[Readmission], ...] = (
    Work(
        code="readmissions",
        name=gettext_lazy("Accounts to open again"),
        note=gettext_lazy("One person proposed it on a case. A lead other than them opens the account."),
        rows=lambda _now: readmit.waiting(),
        tone="warn",
    ),
)


class ReadmissionWorkFilter(WorkFilter):
    """What waits for a second person."""

    work = WORK


class ReadmissionAdmin(DecidedAdmin[Readmission]):
    """Proposals to open a disabled account, newest first; each is made on the page of its case."""

    decisions = DECISIONS
    list_display = ("proposed", "shown_state", "shown_case", "shown_account")
    list_display_links = ("proposed",)
    list_filter = (ReadmissionWorkFilter,)
    list_select_related = ("case", "account")
    ordering = ("-id",)
    search_fields = ("id",)
    search_help_text = CONTACT_SEARCH_HELP

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Readmission], search_term: str
    ) -> tuple[QuerySet[Readmission], bool]:
        """Find by the account behind a contact."""
        if not search_term.strip():
            return queryset, False
        return queryset.filter(account_id=account_key(search_term)), False

    @admin.display(description=gettext_lazy("Proposed"))
    def proposed(self, row: Readmission) -> str:
        """When it was proposed."""
        return when(row.proposed_at)

    @admin.display(description=gettext_lazy("State"))
    def shown_state(self, row: Readmission) -> SafeString:
        """How it stands, as a tag."""
        return state_tag(row)

    @admin.display(description=gettext_lazy("Case"))
    def shown_case(self, row: Readmission) -> str:
        """The case that it rests on."""
        return row.case.reference

    @admin.display(description=gettext_lazy("Account"))
    def shown_account(self, row: Readmission) -> SafeString | str:
        """Whose account it is."""
        return account_link(row.account_id)

    def title(self, row: Readmission) -> str:
        """Return the case that it rests on."""
        return _("Opening an account again, on %(case)s") % {"case": row.case.reference}

    def facts(self, row: Readmission) -> Facts:
        """Return how it stands, and who did what when."""
        told: list[tuple[str, Any]] = [
            (_("State"), state_tag(row)),
            (_("Account"), account_link(row.account_id)),
            (_("Case"), case_link(row.case)),
        ]
        people = (
            (_("Proposed"), row.proposed_at, row.proposed_by),
            (_("Opened"), row.confirmed_at, row.confirmed_by),
            (_("Taken back"), row.dropped_at, row.dropped_by),
        )
        for what, at, who in people:
            if at is not None:
                by = actor_words(f"staff:{who}") if who else _("by itself")
                told.append((what, format_html("{} ({})", when(at), by)))
        return told

    def is_open_to(self, row: Readmission, actor: Actor) -> bool:
        """Agents and leads decide, while it waits, and never about themselves."""
        return readmit.waits(row) and readmit.may_decide(actor, row.account_id)


def state_tag(row: Readmission) -> SafeString:
    """Return how a proposal stands, as a tag."""
    if row.confirmed_at is not None:
        return tag("ok", _("opened"))
    if row.dropped_at is not None:
        return tag("plain", _("taken back"))
    return tag("warn", _("waits for a lead")) if readmit.waits(row) else tag("plain", _("over"))
