"""Restrictions for looking at; withdrawals under a failed verification are released here by staff."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock, restrictions
from accounts.admin.base import (
    CONTACT_SEARCH_HELP,
    Facts,
    ViewOnlyAdmin,
    account_key,
    account_link,
    actor_of,
    actor_words,
)
from accounts.admin.forms import ReasonForm
from accounts.exceptions import PortalError
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


class RestrictionAdmin(ViewOnlyAdmin[Restriction]):
    """What stops accounts, and until when."""

    record_template = "staff/restriction.html"
    list_display = ("kind", "shown_state", "shown_account", "placed", "placer")
    list_display_links = ("kind",)
    list_filter = ("kind", StandingFilter)
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
        return tag("plain", _("lifted")) if restriction.lifted_at else tag("warn", _("stands"))

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
        if row.lifted_at:
            facts += [(_("Lifted"), when(row.lifted_at)), (_("Lifted by"), actor_words(row.lifted_by))]
        if row.withdrawals_until:
            facts += [(_("Withdrawals released until"), when(row.withdrawals_until))]
            facts += [(_("Released by"), actor_words(row.released_by))]
        return facts

    def more_urls(self) -> list[URLPattern]:
        """Add releasing withdrawals."""
        wrap = self.admin_site.admin_view
        return [path("<uuid:key>/release/", wrap(self.release_view), name="accounts_restriction_release")]

    def show(self, request: HttpRequest, row: Restriction, *, status: int = 200, **more: Any) -> HttpResponse:
        """Offer the release to those who may."""
        form = more.pop("form", None) or ReasonForm()
        may = restrictions.can_release(actor_of(request), row)
        return super().show(request, row, status=status, may_release=may, form=form, **more)

    def release_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Release withdrawals, with a reason."""
        row = self.find(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = ReasonForm(request.POST)
        if form.is_valid():
            try:
                reason = form.cleaned_data["reason"]
                restrictions.release_withdrawals(row.pk, actor=actor_of(request), reason=reason, now=clock.now())
                messages.success(request, _("Withdrawals are released. The owner is told until when."))
            except PortalError as error:
                form.add_error(None, error.message)
        if form.errors:
            return self.show(request, row, status=422, form=form, refused=form)
        return redirect(self.address(row))
