"""The queue of reactivations: who waits longest first, in pages that cost the same at any number of them."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.admin.base import ViewOnlyAdmin, account_key, account_link
from accounts.desk import names
from closure.admin.reactivations import words
from closure.admin.reactivations.filters import (
    ReactivationDeskFilter,
    ReactivationStateFilter,
    ReactivationWorkFilter,
)
from closure.models import Reactivation

REFERENCE = "RA-"


class ReactivationQueue(ViewOnlyAdmin[Reactivation]):
    """What owners of disabled accounts handed in."""

    list_display = ("reference", "waits", "shown_state", "at_work", "shown_account")
    list_display_links = ("reference",)
    list_filter = (ReactivationWorkFilter, ReactivationStateFilter, ReactivationDeskFilter)
    list_select_related = ("case",)
    list_defer: ClassVar[tuple[str, ...]] = ("policy", "asked")
    ordering = ("submitted_at", "id")
    search_fields = ("reference",)
    search_help_text = gettext_lazy("A reference (RA-...), or an e-mail address or phone number in full.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reactivation]:
        """Leave out what was never handed in: a draft is nobody's business but its owner's."""
        return Reactivation.objects.filter(submitted_at__isnull=False).order_by(*self.ordering)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list; a whole reference leads straight to its page."""
        term = request.GET.get("q", "").strip().upper()
        if term.startswith(REFERENCE) and self.has_view_permission(request):
            found = self.get_queryset(request).filter(reference=term).first()
            if found is not None:
                return redirect(self.address(found))
        return super().changelist_view(request, extra_context)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Reactivation], search_term: str
    ) -> tuple[QuerySet[Reactivation], bool]:
        """Find by exact reference, or by a contact through its fingerprint; nothing by part."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if term.upper().startswith(REFERENCE):
            return queryset.filter(reference=term.upper()), False
        return queryset.filter(account_id=account_key(term)), False

    def prepare(self, request: HttpRequest, rows: Sequence[Reactivation]) -> None:
        """Find the names of who is at work, for all rows at once."""
        now = clock.now()
        known = names(person for row in rows if (person := words.holder(row, now)) is not None)
        for row in rows:
            row.said_at_work = words.in_list(row, known, now)  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("Handed in"))
    def waits(self, row: Reactivation) -> SafeString | str:
        """Since when it waits."""
        return words.waiting(row, clock.now())

    @admin.display(description=gettext_lazy("State"))
    def shown_state(self, row: Reactivation) -> SafeString:
        """The state as a tag."""
        return words.state_tag(row)

    @admin.display(description=gettext_lazy("At work"))
    def at_work(self, row: Reactivation) -> SafeString | str:
        """Who is at work on it, until when."""
        return row.said_at_work  # type: ignore[attr-defined,no-any-return]

    @admin.display(description=gettext_lazy("Account"))
    def shown_account(self, row: Reactivation) -> SafeString | str:
        """Whose it is."""
        return account_link(row.account_id)
