"""Calls to the exchange that belong to no closure and are not done: counted when late or parked, started again here.

An account was disabled, or came back. Until they are made, the exchange treats it as before.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from accounts.admin.base import CONTACT_SEARCH_HELP, Facts, account_key, account_link
from accounts.admin.decisions import DecidedAdmin, Decision
from accounts.admin.filters import WorkFilter
from accounts.admin.work import Work
from accounts.exceptions import NotAllowed
from accounts.templatetags.portal_ui import tag, when
from closure.enums import EffectState
from closure.models import Effect
from closure.models.effect import IS_BESIDE
from closure.operations.rearm import check_rearm_call, rearm_call

# A core that is well does it within seconds.
LATE = timedelta(hours=1)


def stuck(now: datetime) -> QuerySet[Effect]:
    """Return what is parked, and what has been waiting for an hour."""
    return Effect.objects.filter(IS_BESIDE).filter(Q(state=EffectState.PARKED) | Q(created_at__lte=now - LATE))


WORK: tuple[Work[Effect], ...] = (
    Work(
        code="calls",
        name=gettext_lazy("Calls not made"),
        note=gettext_lazy("The exchange has not frozen or thawed an account, or not deleted its keys, for an hour."),
        rows=stuck,
        tone="danger",
    ),
)
DECISIONS: tuple[Decision[Effect], ...] = (
    Decision(
        code="again",
        heading=gettext_lazy("Try again now"),
        consequence=gettext_lazy(
            "The call is made under its old key: what the exchange has done it does not do twice."
        ),
        done=gettext_lazy("It is tried again."),
        operation=rearm_call,
        offered=lambda row, _actor: row.state == EffectState.PARKED,
    ),
)


class CallWorkFilter(WorkFilter):
    """What does not go on by itself, or not in time."""

    work = WORK


class EffectAdmin(DecidedAdmin[Effect]):
    """Calls beside closures that are not done, oldest first."""

    decisions = DECISIONS
    list_display = ("what", "shown_state", "shown_account", "attempts", "last_error", "wanted")
    list_display_links = ("what",)
    list_filter = (CallWorkFilter,)
    ordering = ("id",)
    search_fields = ("account_id",)
    search_help_text = CONTACT_SEARCH_HELP

    def get_queryset(self, request: HttpRequest) -> QuerySet[Effect]:
        """Return what is not done; calls of a closure are on the page of that."""
        return super().get_queryset(request).filter(IS_BESIDE)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Effect], search_term: str
    ) -> tuple[QuerySet[Effect], bool]:
        """Find by the account behind a contact."""
        return (queryset.filter(account_id=account_key(search_term)) if search_term.strip() else queryset), False

    @admin.display(description=gettext_lazy("Call"))
    def what(self, row: Effect) -> str:
        """What the exchange is asked to do."""
        return row.kind.replace("_", " ")

    @admin.display(description=gettext_lazy("State"))
    def shown_state(self, row: Effect) -> SafeString:
        """The state as a tag."""
        return tag("danger" if row.state == EffectState.PARKED else "info", str(row.get_state_display()))

    @admin.display(description=gettext_lazy("Account"))
    def shown_account(self, row: Effect) -> SafeString | str:
        """Whose account it is about."""
        return account_link(row.account_id)

    @admin.display(description=gettext_lazy("Wanted"))
    def wanted(self, row: Effect) -> str:
        """Since when it is to be made."""
        return when(row.created_at)

    def title(self, row: Effect) -> str:
        """Return what is asked for."""
        return _("Call: %(what)s") % {"what": self.what(row)}

    def facts(self, row: Effect) -> Facts:
        """Return its story."""
        facts: list[tuple[str, Any]] = [
            (_("State"), self.shown_state(row)),
            (_("Account"), account_link(row.account_id)),
            (_("Wanted"), when(row.created_at)),
            (_("Attempts"), row.attempts),
            (_("Said last"), row.last_error or "–"),
        ]
        return facts if row.state == EffectState.PARKED else [*facts, (_("Next try"), when(row.due_at))]

    def is_open_to(self, row: Effect, actor: Actor) -> bool:
        """Who may start it again."""
        try:
            check_rearm_call(actor, row.account_id)
        except NotAllowed:
            return False
        return True
