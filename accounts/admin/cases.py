"""Cases: a list by reference, and resolving one. Their full pages come with "Clearing the way"."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import cases, clock
from accounts.admin.base import Facts, ViewOnlyAdmin, account_key, account_link, actor_of
from accounts.admin.forms import ResolveCaseForm
from accounts.admin.tones import case_tag
from accounts.enums import CaseState
from accounts.exceptions import PortalError
from accounts.models import Case
from accounts.templatetags.portal_ui import when


class CaseAdmin(ViewOnlyAdmin[Case]):
    """Support cases."""

    record_template = "staff/case.html"
    list_display = ("reference", "shown_state", "kind", "account", "opened")
    list_filter = ("state", "kind")
    ordering = ("-id",)
    search_fields = ("reference",)
    search_help_text = gettext_lazy("A reference (SC-...), or an e-mail address or phone number in full.")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Case], search_term: str
    ) -> tuple[QuerySet[Case], bool]:
        """Find by exact reference or by the account behind a contact."""
        if not search_term.strip():
            return queryset, False
        by_reference = Q(reference=search_term.strip().upper())
        return queryset.filter(by_reference | Q(account_id=account_key(search_term))), False

    @admin.display(description=gettext_lazy("State"))
    def shown_state(self, case: Case) -> SafeString:
        """The state as a tag."""
        return case_tag(case)

    @admin.display(description=gettext_lazy("Account"))
    def account(self, case: Case) -> SafeString | str:
        """Whom it is about, where that is known."""
        return account_link(case.account_id)

    @admin.display(description=gettext_lazy("Opened"))
    def opened(self, case: Case) -> str:
        """When it was opened."""
        return when(case.created_at)

    def more_urls(self) -> list[URLPattern]:
        """Add resolving."""
        wrap = self.admin_site.admin_view
        return [path("<uuid:key>/resolve/", wrap(self.resolve_view), name="accounts_case_resolve")]

    def title(self, row: Case) -> str:
        """Return the reference."""
        return _("Case %(reference)s") % {"reference": row.reference}

    def facts(self, row: Case) -> Facts:
        """Return what it is about and how it stands."""
        facts: list[tuple[str, Any]] = [
            (_("State"), case_tag(row)),
            (_("About"), row.get_kind_display()),
            (_("Account"), account_link(row.account_id)),
            (_("Opened"), when(row.created_at)),
        ]
        return [*facts, (_("Resolved"), when(row.resolved_at))] if row.resolved_at else facts

    def show(self, request: HttpRequest, row: Case, *, status: int = 200, **more: Any) -> HttpResponse:
        """Add the form that resolves it."""
        may = cases.can_handle(actor_of(request)) and row.state != CaseState.RESOLVED
        return super().show(request, row, status=status, **{"may_resolve": may, "form": ResolveCaseForm(), **more})

    def resolve_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Resolve it."""
        case = self.find(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = ResolveCaseForm(request.POST)
        if form.is_valid():
            try:
                cases.resolve_case(case.pk, actor=actor_of(request), note=form.cleaned_data["note"], now=clock.now())
            except PortalError as error:
                form.add_error(None, error.message)
        if form.errors:
            return self.show(request, case, status=422, form=form)
        messages.success(request, _("Case %(reference)s is resolved.") % {"reference": case.reference})
        return redirect(self.address(case))
