"""Legal holds: the list with overdue ones first, and placing, confirming and lifting, each by its operation."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.actors import Actor
from accounts.admin.base import (
    CONTACT_SEARCH_HELP,
    NO_ACCOUNT,
    Facts,
    account_key,
    account_link,
    actor_of,
    actor_words,
)
from accounts.admin.decisions import DecidedAdmin
from accounts.admin.filters import WorkFilter
from accounts.exceptions import PortalError
from accounts.templatetags.portal_ui import day, tag, when
from closure.retention import hold_queries, holds
from closure.retention.admin.forms import PlaceForm
from closure.retention.admin.hold_decisions import DECISIONS
from closure.retention.admin.work import WORK
from closure.retention.enums import HoldState
from closure.retention.models import LegalHold
from closure.retention.powers import DECIDE_HOLDS

TONES = {
    HoldState.OVERDUE: "danger",
    HoldState.PLACED: "warn",
    HoldState.LIFT_PROPOSED: "warn",
    HoldState.CONFIRMED: "info",
    HoldState.LIFTED: "plain",
}


class HoldWorkFilter(WorkFilter):
    """What waits for compliance."""

    work = WORK


class LegalHoldAdmin(DecidedAdmin[LegalHold]):
    """What courts and authorities want kept. Compliance works here, auditors read; others see no case and no basis."""

    decisions = DECISIONS
    change_list_template = "staff/legal_holds.html"
    list_display = ("shown_case", "shown_state", "shown_account", "scope", "placed", "review")
    list_display_links = ("shown_case",)
    list_filter = (HoldWorkFilter,)
    search_fields = ("account_id",)
    search_help_text = CONTACT_SEARCH_HELP

    def get_queryset(self, request: HttpRequest) -> QuerySet[LegalHold]:
        """Return every hold, overdue ones first, lifted ones last."""
        return hold_queries.by_urgency(clock.now(), super().get_queryset(request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[LegalHold], search_term: str
    ) -> tuple[QuerySet[LegalHold], bool]:
        """Find the holds of one account."""
        return (queryset.filter(account_id=account_key(search_term)) if search_term.strip() else queryset), False

    @admin.display(description=gettext_lazy("Case number"))
    def shown_case(self, hold: LegalHold) -> str:
        """The case number, as long as what was held is kept."""
        return str(hold)

    @admin.display(description=gettext_lazy("State"))
    def shown_state(self, hold: LegalHold) -> SafeString:
        """How it stands, as a tag."""
        return state_tag(hold, clock.now())

    @admin.display(description=gettext_lazy("Account"))
    def shown_account(self, hold: LegalHold) -> SafeString | str:
        """Whom it holds."""
        return account_link(hold.account_id)

    @admin.display(description=gettext_lazy("Holds"))
    def scope(self, hold: LegalHold) -> str:
        """All of the account, or one record."""
        return _("one record") if hold.record_id else _("the account")

    @admin.display(description=gettext_lazy("Placed"))
    def placed(self, hold: LegalHold) -> str:
        """Since when it stands."""
        return when(hold.placed_at)

    @admin.display(description=gettext_lazy("Look again"))
    def review(self, hold: LegalHold) -> str:
        """When it has to be looked at again."""
        return day(hold.review_on)

    def more_urls(self) -> list[URLPattern]:
        """Add placing."""
        placing = path("place/", self.admin_site.admin_view(self.place_view), name=f"{self.route}_place")
        return [placing, *super().more_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Offer placing to compliance."""
        more = {"may_place": actor_of(request).may(DECIDE_HOLDS), **(extra_context or {})}
        return super().changelist_view(request, more)

    def title(self, row: LegalHold) -> str:
        """Return the case number."""
        return _("Legal hold %(case)s") % {"case": row}

    def facts(self, row: LegalHold) -> Facts:
        """Return what it rests on, and who did what when."""
        told: list[tuple[str, Any]] = [
            (_("State"), self.shown_state(row)),
            (_("Account"), account_link(row.account_id)),
            (_("Holds"), f"{self.scope(row)} {row.record_id or ''}".strip()),
            (_("Basis"), row.basis),
            (_("Look again"), day(row.review_on)),
        ]
        people = (
            (_("Placed"), row.placed_at, row.placed_by),
            (_("Confirmed"), row.confirmed_at, row.confirmed_by),
            (_("Lifting proposed"), row.lift_proposed_at, row.lift_proposed_by),
            (_("Lifted"), row.lifted_at, row.lifted_by),
        )
        for what, at, who in people:
            if at is not None:
                told += [(what, when(at)), (_("%(what)s by") % {"what": what}, actor_words(f"staff:{who}"))]
        return told

    def is_open_to(self, row: LegalHold, actor: Actor) -> bool:
        """Compliance decides, while it stands, and never about itself."""
        return row.lifted_at is None and actor.may(DECIDE_HOLDS) and actor.account_id != row.account_id

    def place_view(self, request: HttpRequest) -> HttpResponse:
        """Place a hold."""
        actor = actor_of(request)
        if not actor.may(DECIDE_HOLDS):
            raise PermissionDenied
        form = PlaceForm(request.POST or None, initial={"account": request.GET.get("account", "")})
        if request.method == "POST" and form.is_valid():
            hold = _place(form, actor)
            if hold is not None:
                messages.success(
                    request, _("The hold stands. Another person of compliance confirms it within 24 hours.")
                )
                return redirect(self.address(hold))
        return self.form_page(request, form, template="staff/place_hold.html", title=_("Place a legal hold"))


def state_tag(hold: LegalHold, now: datetime) -> SafeString:
    """Return how a hold stands, as a tag."""
    state = hold_queries.state_of(hold, now)
    return tag(TONES[state], str(state.label))


def _place(form: PlaceForm, actor: Actor) -> LegalHold | None:
    """Place as the form says; None where it was refused, which the form then tells."""
    given = dict(form.cleaned_data)
    account_id = account_key(given.pop("account"))
    if account_id == NO_ACCOUNT:
        form.add_error("account", _("There is no account with this e-mail address, phone number or id."))
        return None
    try:
        return holds.place(account_id, record_id=given.pop("record"), actor=actor, now=clock.now(), **given)
    except PortalError as error:
        form.add_error(None, error.message)
        return None
