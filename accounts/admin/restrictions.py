"""Restrictions: the list, and on each page what staff may do about it. Placing one begins at closure.admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import lifting, placing, withdrawal_release
from accounts.actors import Actor
from accounts.admin.base import CONTACT_SEARCH_HELP, Facts, account_key, account_link, actor_words
from accounts.admin.decisions import DecidedAdmin
from accounts.admin.filters import WorkFilter
from accounts.admin.lift_decisions import DECISIONS, WORK
from accounts.models import Restriction
from accounts.templatetags.portal_ui import tag, when


class StandingFilter(admin.SimpleListFilter):
    """Whether it stands."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the two states."""
        return [("stands", _("Stands")), ("lifted", _("Lifted"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Restriction]) -> QuerySet[Restriction]:
        """Keep one of them."""
        if self.value() not in {"stands", "lifted"}:
            return queryset
        return queryset.filter(lifted_at__isnull=self.value() == "stands")


class LiftWorkFilter(WorkFilter):
    """What waits for compliance."""

    work = WORK


class RestrictionAdmin(DecidedAdmin[Restriction]):
    """What stops accounts, and until when; two of compliance lift what law and risk placed."""

    decisions = DECISIONS
    list_display = ("kind", "shown_state", "shown_account", "placed", "placer")
    list_display_links = ("kind",)
    list_filter = ("kind", StandingFilter, LiftWorkFilter)
    ordering = ("-id",)
    search_fields = ("id",)
    search_help_text = CONTACT_SEARCH_HELP

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Restriction], search_term: str
    ) -> tuple[QuerySet[Restriction], bool]:
        """Find by the account behind a contact."""
        return (queryset.filter(account_id=account_key(search_term)) if search_term.strip() else queryset), False

    @admin.display(description=gettext_lazy("State"))
    def shown_state(self, restriction: Restriction) -> SafeString:
        """Whether it stands."""
        if restriction.lifted_at:
            return tag("plain", _("lifted"))
        if restriction.lift_proposed_at or restriction.lift_asked_at:
            return tag("info", _("lifting proposed"))
        return tag("danger", _("not confirmed")) if placing.waits(restriction) else tag("warn", _("stands"))

    @admin.display(description=gettext_lazy("Account"))
    def shown_account(self, restriction: Restriction) -> SafeString | str:
        """Whom it restricts."""
        return account_link(restriction.account_id)

    @admin.display(description=gettext_lazy("Placed"))
    def placed(self, restriction: Restriction) -> str:
        """Since when."""
        return when(restriction.placed_at)

    @admin.display(description=gettext_lazy("By"))
    def placer(self, restriction: Restriction) -> str:
        """By whom."""
        return actor_words(restriction.placed_by)

    def title(self, row: Restriction) -> str:
        """Return the kind."""
        return _("Restriction: %(kind)s") % {"kind": row.get_kind_display()}

    def facts(self, row: Restriction) -> Facts:
        """Return since when, by whom, until when."""
        facts: list[tuple[str, Any]] = [
            (_("State"), self.shown_state(row)),
            (_("Account"), account_link(row.account_id)),
            (_("Placed"), when(row.placed_at)),
            (_("Placed by"), actor_words(row.placed_by)),
        ]
        if row.confirmed_at:
            by = actor_words(f"staff:{row.confirmed_by}")
            facts += [(_("Confirmed"), when(row.confirmed_at)), (_("Confirmed by"), by)]
        elif placing.waits(row):
            facts.append((_("To be confirmed until"), when(row.placed_at + placing.CONFIRM_WITHIN)))
        if row.lift_asked_at:
            facts.append((_("The exchange core asks to lift it since"), when(row.lift_asked_at)))
        if row.lift_proposed_at:
            by = actor_words(f"staff:{row.lift_proposed_by}")
            facts += [(_("Lifting proposed"), when(row.lift_proposed_at)), (_("Proposed by"), by)]
        if row.lifted_at:
            facts += [(_("Lifted"), when(row.lifted_at)), (_("Lifted by"), actor_words(row.lifted_by))]
        if row.withdrawals_until:
            facts += [(_("Withdrawals released until"), when(row.withdrawals_until))]
            facts += [(_("Released by"), actor_words(row.released_by))]
        return facts

    def is_open_to(self, row: Restriction, actor: Actor) -> bool:
        """Staff lift what is theirs and release, compliance the rest, while it stands and never about themselves."""
        by_one = lifting.may_lift_alone(row, actor) or withdrawal_release.can_release(actor, row)
        return by_one or lifting.is_open_to(row, actor)
