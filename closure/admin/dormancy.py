"""Announced dates of customers who stay away: a report for staff, in which nothing moves anything (H03, I01)."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.actors import Actor
from accounts.admin.base import CONTACT_SEARCH_HELP, Facts, account_key, account_link
from accounts.admin.decisions import DecidedAdmin
from accounts.admin.filters import WorkFilter
from accounts.admin.work import Work
from accounts.enums import NoticeMatter
from accounts.models import DormancyNotice
from accounts.templatetags.portal_ui import tag, when
from closure.admin.unclaimed import DECISIONS, HandledFilter, held_words
from closure.dormancy import handling, report
from closure.dormancy.jurisdictions import Jurisdiction, place_of, table

WORK: tuple[Work[DormancyNotice], ...] = (
    Work(
        code="unclaimed",
        name=gettext_lazy("Unclaimed property due"),
        note=gettext_lazy("The date of a law has come. Nothing moves by itself: compliance does what it asks for."),
        rows=report.due,
        tone="warn",
    ),
    Work(
        code="unreached",
        name=gettext_lazy("Notices that did not arrive"),
        note=gettext_lazy("A customer who stays away has not been told of a date. Look for another way."),
        rows=lambda _now: report.unreached(),
        tone="warn",
    ),
)


class DormancyWorkFilter(WorkFilter):
    """What waits for staff."""

    work = WORK


class DormancyNoticeAdmin(DecidedAdmin[DormancyNotice]):
    """Who was told of which date, first date first; compliance says what was done about property that is due."""

    decisions = DECISIONS
    list_display = ("matter", "shown_account", "place", "shown_on", "told", "reached")
    list_display_links = ("matter",)
    list_filter = ("matter", DormancyWorkFilter, HandledFilter)
    list_select_related = ("account",)
    ordering = ("on", "id")
    search_fields = ("id",)
    search_help_text = CONTACT_SEARCH_HELP

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[DormancyNotice], search_term: str
    ) -> tuple[QuerySet[DormancyNotice], bool]:
        """Find by the account behind a contact."""
        return (queryset.filter(account_id=account_key(search_term)) if search_term.strip() else queryset), False

    @admin.display(description=gettext_lazy("Account"))
    def shown_account(self, row: DormancyNotice) -> SafeString | str:
        """Whose it is."""
        return account_link(row.account_id)

    @admin.display(description=gettext_lazy("Place"))
    def place(self, row: DormancyNotice) -> str:
        """Whose law sets the date."""
        return (_by_law(row) and place_of(row.account.country, row.account.region)) or _("by policy")

    @admin.display(description=gettext_lazy("Date"))
    def shown_on(self, row: DormancyNotice) -> SafeString:
        """The date, and whether it has come, or is handled."""
        if row.handled_at is not None:
            return tag("ok", _("%(date)s, handled") % {"date": date_format(row.on, "j M Y")})
        return tag("warn" if row.on <= clock.now().date() else "info", date_format(row.on, "j M Y"))

    @admin.display(description=gettext_lazy("Last told"))
    def told(self, row: DormancyNotice) -> str:
        """When the last notice was made."""
        return when(row.sent_at)

    @admin.display(description=gettext_lazy("By"))
    def reached(self, row: DormancyNotice) -> str:
        """By which channel, if any."""
        return row.get_channel_display() or _("nobody could be told")

    def facts(self, row: DormancyNotice) -> Facts:
        """Return what was announced to whom, on which law, and what has to be confirmed first."""
        facts: list[tuple[str, Any]] = [
            (_("Account"), account_link(row.account_id)),
            (_("Status"), row.account.get_status_display()),
            (_("Last active"), when(row.account.last_active_at)),
            (_("Date"), self.shown_on(row)),
            (_("First told"), when(row.first_sent_at)),
            (_("Last told"), when(row.sent_at)),
            (_("By"), self.reached(row)),
            (_("Place"), self.place(row)),
        ]
        if not _by_law(row):
            return facts
        law = table().get(place_of(row.account.country, row.account.region))
        facts += _law(law) if law else []
        facts += [(_("Held now, as the core says"), held_words(row.account))]
        if row.handled_at is not None:
            facts += [(_("Handled"), when(row.handled_at)), (_("Handled by"), account_link(row.handled_by))]
        return facts

    def is_open_to(self, row: DormancyNotice, actor: Actor) -> bool:
        """Compliance says what was done, once the date has come."""
        return handling.can_handle(row, actor, now=clock.now())


def _law(law: Jurisdiction) -> Facts:
    return [(_("Law"), law.law), (_("Read at"), law.source), (_("Counsel confirms"), law.to_confirm)]


def _by_law(row: DormancyNotice) -> bool:
    return row.matter == NoticeMatter.UNCLAIMED
