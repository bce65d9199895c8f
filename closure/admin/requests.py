"""Closure requests: the day's list. The page on which one is decided is closure.admin.detail."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.admin.base import account_key, account_link
from accounts.templatetags.portal_ui import tag, when
from closure.admin.detail import ClosureRequestDetail
from closure.admin.filters import ClosureWorkFilter, DueFilter, FlagFilter, StateFilter
from closure.admin.tones import flag_tags, is_overdue, state_tag
from closure.admin.work import submitted
from closure.models import ClosureRequest


class ClosureRequestAdmin(ClosureRequestDetail):
    """What customers asked for, first due first. Nothing is decided in a list."""

    list_display = ("reference", "due", "shown_state", "flagged", "shown_account", "asked")
    list_display_links = ("reference",)
    list_filter = (ClosureWorkFilter, StateFilter, DueFilter, FlagFilter)
    list_select_related = False
    ordering = ("finalizes_before", "id")
    search_fields = ("reference",)
    search_help_text = gettext_lazy("A reference (CL-...), or an e-mail address or phone number in full.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ClosureRequest]:
        """Leave drafts out."""
        return submitted().order_by(*self.ordering)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list; a whole reference leads straight to its request."""
        term = request.GET.get("q", "").strip().upper()
        if term.startswith("CL-") and self.has_view_permission(request):
            found = submitted().filter(reference=term).first()
            if found is not None:
                return redirect(self.address(found))
        return super().changelist_view(request, extra_context)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ClosureRequest], search_term: str
    ) -> tuple[QuerySet[ClosureRequest], bool]:
        """Find by exact reference, or by a contact through its fingerprint; nothing by part."""
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(Q(reference=term.upper()) | Q(account_id=account_key(term))), False

    @admin.display(description=gettext_lazy("Due"))
    def due(self, row: ClosureRequest) -> SafeString | str:
        """When it is due; overdue is said in a word."""
        shown = when(row.finalizes_before)
        if is_overdue(row, clock.now()):
            return format_html("{} {}", tag("danger", _("overdue")), shown)
        return shown

    @admin.display(description=gettext_lazy("State"))
    def shown_state(self, row: ClosureRequest) -> SafeString:
        """The state as a tag."""
        return state_tag(row)

    @admin.display(description=gettext_lazy("Flags"))
    def flagged(self, row: ClosureRequest) -> SafeString | str:
        """Why a person should look."""
        return flag_tags(row)

    @admin.display(description=gettext_lazy("Account"))
    def shown_account(self, row: ClosureRequest) -> SafeString | str:
        """Whose it is."""
        return account_link(row.account_id)

    @admin.display(description=gettext_lazy("Submitted"))
    def asked(self, row: ClosureRequest) -> str:
        """When it was asked for."""
        return when(row.submitted_at)
