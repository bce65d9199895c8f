"""Late deposits: what arrived for accounts that are closed or closing, and settling it by two people (F08)."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.actors import Actor
from accounts.admin.base import (
    UNPROCESSABLE,
    Facts,
    account_key,
    account_link,
    actor_of,
    actor_words,
    refused_status,
)
from accounts.admin.decisions import DecidedAdmin
from accounts.admin.filters import FixedFilter, WorkFilter
from accounts.enums import IdentifierKind
from accounts.exceptions import BadIdentifier, PortalError
from accounts.templatetags.portal_ui import tag, when
from closure.admin import claim_search
from closure.admin.claim_decisions import DECISIONS
from closure.admin.claim_search import Search, SearchForm
from closure.admin.claim_work import WORK
from closure.enums import ClaimOutcome
from closure.models import DepositClaim
from closure.operations.claim_search import search


class ClaimStateFilter(FixedFilter):
    """Whether it is settled."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the two states."""
        return [("open", _("Open")), ("settled", _("Settled"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[DepositClaim]) -> QuerySet[DepositClaim]:
        """Keep one of them."""
        asked = self.known()
        return queryset if asked is None else queryset.filter(settled_at__isnull=asked == "open")


class ClaimWorkFilter(WorkFilter):
    """What waits for somebody."""

    work = WORK


class DepositClaimAdmin(DecidedAdmin[DepositClaim]):
    """What is owed, oldest first; what is settled comes last."""

    record_template = "staff/claim.html"
    decisions = DECISIONS
    list_display = ("case_reference", "shown_state", "what", "shown_account", "arrived")
    list_display_links = ("case_reference",)
    list_filter = (ClaimStateFilter, ClaimWorkFilter)
    list_select_related = ("case",)
    search_fields = ("event_id",)
    search_help_text = gettext_lazy("A case (SC-...), the id of the event at the exchange, or the id of an account.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DepositClaim]:
        """Return every claim, open ones first, oldest first."""
        # The databases differ on where no time at all sorts, so it is asked as a question.
        is_settled = Case(When(settled_at__isnull=False, then=Value(1)), default=Value(0))
        found: QuerySet[DepositClaim] = super().get_queryset(request)
        return found.annotate(is_settled=is_settled).order_by("is_settled", "opened_at", "id")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[DepositClaim], search_term: str
    ) -> tuple[QuerySet[DepositClaim], bool]:
        """Find by exact keys only."""
        term = search_term.strip()
        if not term:
            return queryset, False
        mine = Q(event_id=term) | Q(case__reference=term.upper()) | Q(account_id=account_key(term))
        return queryset.filter(mine), False

    @admin.display(description=gettext_lazy("Case"))
    def case_reference(self, claim: DepositClaim) -> str:
        """The reference of its case."""
        return claim.case.reference

    @admin.display(description=gettext_lazy("State"))
    def shown_state(self, claim: DepositClaim) -> SafeString:
        """How it stands, as a tag."""
        if claim.settled_at:
            return tag("plain", _("settled"))
        return tag("warn", _("settlement proposed")) if claim.outcome else tag("danger", _("open"))

    @admin.display(description=gettext_lazy("Arrived"))
    def what(self, claim: DepositClaim) -> str:
        """How much of what, as the exchange told it."""
        return f"{claim.amount} {claim.asset}".strip()

    @admin.display(description=gettext_lazy("Account"))
    def shown_account(self, claim: DepositClaim) -> SafeString | str:
        """Whose account it was sent to."""
        return account_link(claim.account_id)

    @admin.display(description=gettext_lazy("When"))
    def arrived(self, claim: DepositClaim) -> str:
        """When it arrived."""
        return when(claim.arrived_at)

    def more_urls(self) -> list[URLPattern]:
        """Add asking whose it is."""
        finding = path("<uuid:key>/find/", self.admin_site.admin_view(self.find_view), name=f"{self.route}_find")
        return [finding, *super().more_urls()]

    def title(self, row: DepositClaim) -> str:
        """Return the case."""
        return _("Claim %(case)s") % {"case": row.case.reference}

    def facts(self, row: DepositClaim) -> Facts:
        """Return what arrived, and who settles it how."""
        case = reverse("admin:accounts_case_change", args=[row.case_id])
        told: list[tuple[str, Any]] = [
            (_("State"), self.shown_state(row)),
            (_("Arrived"), self.what(row)),
            (_("When"), when(row.arrived_at)),
            (_("Account"), account_link(row.account_id)),
            (_("Case"), format_html('<a class="ref" href="{}">{}</a>', case, row.case.reference)),
            (_("Event at the exchange"), row.event_id),
        ]
        if row.outcome:
            told += [
                (_("Proposed"), ClaimOutcome(row.outcome).label),
                (_("Proposed by"), actor_words(f"staff:{row.proposed_by}")),
            ]
        if row.settled_at:
            told += [(_("Settled"), when(row.settled_at)), (_("Settled by"), actor_words(f"staff:{row.settled_by}"))]
        return told

    def is_open_to(self, row: DepositClaim, actor: Actor) -> bool:
        """Whoever is not its owner, while it is open; what each may do is said by the decisions."""
        return row.settled_at is None and actor.account_id != row.account_id

    def show(self, request: HttpRequest, row: DepositClaim, *, status: int = 200, **more: Any) -> HttpResponse:
        """Add asking whose it is, for compliance."""
        asked = more.pop("search", None) or Search(form=SearchForm())
        search_form = asked if claim_search.offered(row, actor_of(request)) else None
        return super().show(request, row, status=status, search=search_form, **more)

    def find_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Say whose archive it is; by POST alone, as what was typed is nobody's address."""
        claim, actor = self.find(request, key), actor_of(request)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form, found, status = SearchForm(request.POST), None, UNPROCESSABLE
        if form.is_valid():
            given = form.cleaned_data
            try:
                kind, value, why = IdentifierKind(given["kind"]), given["value"], given["reason"]
                found = search(claim.pk, kind, value, reason=why, actor=actor, now=clock.now())
            except PortalError as error:
                form.add_error("value" if isinstance(error, BadIdentifier) else None, error.message)
                status = refused_status(error)
        if form.errors:
            return self.show(request, claim, status=status, refused=form, search=Search(form=form))
        return self.show(request, claim, search=Search(form=form, found=found))
