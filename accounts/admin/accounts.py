"""Accounts for looking at: masked contacts, status, restrictions and cases; never a name, address or document."""

from datetime import datetime
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

from accounts import cases, clock, placing, restrictions, suspicious
from accounts.admin.base import (
    CONTACT_SEARCH_HELP,
    UNPROCESSABLE,
    Facts,
    ViewOnlyAdmin,
    account_key,
    actor_of,
    refused_status,
)
from accounts.admin.forms import OpenCaseForm, ReasonForm
from accounts.admin.tones import status_tag
from accounts.enums import IdentifierKind
from accounts.exceptions import PortalError
from accounts.identifiers import mask
from accounts.models import Account
from accounts.templatetags.portal_ui import when


class AccountAdmin(ViewOnlyAdmin[Account]):
    """Customers and staff, by the short form of their key."""

    record_template = "staff/account.html"
    list_display = ("short", "shown_status", "email_hint", "phone_hint", "created")
    ordering = ("-id",)
    search_fields = ("id",)
    search_help_text = CONTACT_SEARCH_HELP

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Account], search_term: str
    ) -> tuple[QuerySet[Account], bool]:
        """Find one account by an exact key, never by part."""
        return (queryset.filter(pk=account_key(search_term)) if search_term.strip() else queryset), False

    @admin.display(description=gettext_lazy("Account"))
    def short(self, account: Account) -> str:
        """The last characters of the key."""
        return account.short_id

    @admin.display(description=gettext_lazy("Status"))
    def shown_status(self, account: Account) -> SafeString:
        """The status as a tag."""
        return status_tag(account)

    @admin.display(description=gettext_lazy("E-mail"))
    def email_hint(self, account: Account) -> str:
        """The masked e-mail address."""
        return contact_hint(IdentifierKind.EMAIL, account.email)

    @admin.display(description=gettext_lazy("Phone"))
    def phone_hint(self, account: Account) -> str:
        """The masked phone number."""
        return contact_hint(IdentifierKind.PHONE, account.phone)

    @admin.display(description=gettext_lazy("Opened"))
    def created(self, account: Account) -> str:
        """Since when there is such an account."""
        return when(account.created_at)

    def more_urls(self) -> list[URLPattern]:
        """Add opening a case, and taking a report of a sign-in."""
        wrap = self.admin_site.admin_view
        return [
            path("<uuid:key>/case/", wrap(self.case_view), name="accounts_account_case"),
            path("<uuid:key>/report/", wrap(self.report_view), name="accounts_account_report"),
        ]

    def title(self, row: Account) -> str:
        """Say that it is staff where it is."""
        return (
            _("Staff account %(id)s") % {"id": row.short_id}
            if row.is_staff
            else _("Account %(id)s") % {"id": row.short_id}
        )

    def facts(self, row: Account) -> Facts:
        """Return what staff need to tell people apart and to help them, without reading who they are."""
        return account_facts(row, now=clock.now())

    def show(self, request: HttpRequest, row: Account, *, status: int = 200, **more: Any) -> HttpResponse:
        """Add restrictions and cases."""
        context = {
            "restrictions": restrictions.active(row.pk),
            "cases": cases.of_account(row.pk),
            "may_restrict": bool(placing.placeable(actor_of(request))) and not row.is_staff,
            "may_open_case": cases.can_handle(actor_of(request)) and not row.is_staff,
            "case_form": OpenCaseForm(),
            "report_form": ReasonForm(auto_id="report_%s"),
            **more,
        }
        return super().show(request, row, status=status, **context)

    def case_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Open a case for this account."""
        account = self.find(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        cases.check_handle(actor_of(request))
        form = OpenCaseForm(request.POST)
        if not open_case_by_form(request, form, account.pk):
            return self.show(request, account, status=UNPROCESSABLE, case_form=form)
        return redirect(self.address(account))

    def report_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Take a report that somebody else signed in (L05)."""
        account = self.find(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form, status = ReasonForm(request.POST, auto_id="report_%s"), UNPROCESSABLE
        if form.is_valid():
            given = {"actor": actor_of(request), "reason": form.cleaned_data["reason"], "now": clock.now()}
            try:
                case = suspicious.take_report(account.pk, **given)
            except PortalError as error:
                form.add_error(None, error.message)
                status = refused_status(error)
            else:
                told = _("Case %(reference)s is open, and a fraud alert stands.") % {"reference": case.reference}
                messages.success(request, told)
                return redirect("admin:accounts_case_change", case.pk)
        return self.show(request, account, status=status, report_form=form)


def open_case_by_form(request: HttpRequest, form: OpenCaseForm, account_id: UUID) -> bool:
    """Open a case as the form asks and tell its reference; returns whether it was opened."""
    if not form.is_valid():
        return False
    given = form.cleaned_data
    try:
        case = cases.open_case(account_id, given["kind"], actor=actor_of(request), note=given["note"], now=clock.now())
    except PortalError as error:
        form.add_error(None, error.message)
        return False
    messages.success(request, _("Case %(reference)s is open.") % {"reference": case.reference})
    return True


def contact_hint(kind: IdentifierKind, value: str | None) -> str:
    """Return a contact masked, or a dash where there is none."""
    return mask(kind, value) if value else "–"


def account_facts(account: Account, *, now: datetime) -> Facts:
    """Return the terms and values about an account that need no reason to be read."""
    held = account.withdrawals_held_until
    rows: list[tuple[str, Any]] = [
        (_("Id"), account.pk),
        (_("Status"), status_tag(account)),
        (_("Status since"), when(account.status_changed_at)),
        (_("E-mail"), contact_hint(IdentifierKind.EMAIL, account.email)),
        (_("Phone"), contact_hint(IdentifierKind.PHONE, account.phone)),
        (
            _("Identity"),
            _("%(status)s, level %(level)s")
            % {"status": account.get_identity_status_display(), "level": account.identity_level},
        ),
        (_("Opened"), when(account.created_at)),
    ]
    if held is not None and held > now:
        rows.append((_("Withdrawals held until"), when(held)))
    return rows
