"""Cases: a list by reference; reading one for a reason that the journal keeps, answering, resolving (L04, H07)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import case_contacts, case_messages, cases, clock
from accounts.admin.base import (
    UNPROCESSABLE,
    Facts,
    ViewOnlyAdmin,
    account_key,
    account_link,
    actor_of,
    refused_status,
)
from accounts.admin.filters import WorkFilter
from accounts.admin.forms import AnswerCaseForm, ReadCaseForm, ResolveCaseForm
from accounts.admin.tones import case_tag
from accounts.admin.work import Work
from accounts.enums import CaseState, MessageChannel
from accounts.exceptions import PortalError
from accounts.identifiers import mask
from accounts.models import Case, CaseMessage
from accounts.registration import KINDS
from accounts.templatetags.portal_ui import when

# Who gave a reason reads for so long in this session without giving it again.
READ_FOR = timedelta(minutes=15)
OPENED = "cases_read"
WORK: tuple[Work[Case], ...] = (
    Work(
        code="cases",
        name=gettext_lazy("Cases to answer"),
        note=gettext_lazy("Customers wrote last, oldest case first."),
        rows=lambda _now: Case.objects.filter(state=CaseState.OPEN),
        tone="info",
    ),
)


class CaseWorkFilter(WorkFilter):
    """Who waits for an answer."""

    work = WORK


class CaseAdmin(ViewOnlyAdmin[Case]):
    """Support cases."""

    record_template = "staff/case.html"
    list_display = ("reference", "shown_state", "kind", "account", "opened")
    list_filter = (CaseWorkFilter, "state", "kind")
    search_fields = ("reference",)
    search_help_text = gettext_lazy("A reference (SC-...), or an e-mail address or phone number in full.")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Newest first; as the day's work, who waits longest first."""
        return ("id",) if request.GET.get(CaseWorkFilter.parameter_name) else ("-id",)

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
        """Add reading, answering and resolving."""
        wrap = self.admin_site.admin_view
        return [
            path("<uuid:key>/read/", wrap(self.read_view), name="accounts_case_read"),
            path("<uuid:key>/answer/", wrap(self.answer_view), name="accounts_case_answer"),
            path("<uuid:key>/resolve/", wrap(self.resolve_view), name="accounts_case_resolve"),
        ]

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
            (_("Messages"), CaseMessage.objects.filter(case=row).count()),
        ]
        typed = case_contacts.of_case(row)
        if typed is not None:
            hint = mask(KINDS[MessageChannel(typed.channel)], case_contacts.value_of(typed))
            facts.append((_("Written by"), hint))
        if typed is not None and row.account_id is None and typed.account_id is not None:
            facts.append((_("Address of"), account_link(typed.account_id)))
            facts.append((_("Shown"), _("Nobody has shown yet that the address is theirs.")))
        return [*facts, (_("Resolved"), when(row.resolved_at))] if row.resolved_at else facts

    def show(self, request: HttpRequest, row: Case, *, status: int = 200, **more: Any) -> HttpResponse:
        """Add what was written, to who said why they read it, and the forms; one that was refused in any case."""
        handles, is_over = cases.can_handle(actor_of(request)), row.state == CaseState.RESOLVED
        read = handles and _is_open(request, row, clock.now())
        shapes = {"form": ResolveCaseForm(), "read_form": ReadCaseForm(), "answer_form": AnswerCaseForm()}
        told: dict[str, Any] = {
            "may_read": (handles and not read) or "read_form" in more,
            "may_answer": (read and not is_over) or "answer_form" in more,
            "may_resolve": (handles and not is_over) or "form" in more,
            "read": read,
        }
        if read:
            told["said"] = case_messages.of_case(row)
        return super().show(request, row, status=status, **{**told, **shapes, **more})

    def read_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Open what was written, for a reason."""
        return self.act(request, key, ReadCaseForm, "read_form", self._read)

    def _read(self, request: HttpRequest, case: Case, given: Any) -> None:
        now = clock.now()
        case_messages.read(case.pk, actor=actor_of(request), reason=given["reason"], now=now)
        still = {key: at for key, at in request.session.get(OPENED, {}).items() if _is_recent(at, now)}
        request.session[OPENED] = {**still, str(case.pk): now.isoformat()}

    def answer_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Answer; the customer is told that an answer waits."""
        return self.act(request, key, AnswerCaseForm, "answer_form", self._answer)

    def _answer(self, request: HttpRequest, case: Case, given: Any) -> None:
        case_messages.answer(case.pk, given["text"], actor=actor_of(request), now=clock.now())
        messages.success(request, _("Your answer waits for the customer, who is told so."))

    def resolve_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Resolve it."""
        return self.act(request, key, ResolveCaseForm, "form", self._resolve)

    def _resolve(self, request: HttpRequest, case: Case, given: Any) -> None:
        cases.resolve_case(case.pk, actor=actor_of(request), note=given["note"], now=clock.now())
        messages.success(request, _("Case %(reference)s is resolved.") % {"reference": case.reference})

    def act(
        self,
        request: HttpRequest,
        key: UUID,
        form_class: type[forms.Form],
        name: str,
        operation: Callable[[HttpRequest, Case, Any], None],
    ) -> HttpResponse:
        """Read a form, do what it says, come back; what is refused stands beside what was typed."""
        case = self.find(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form, status = form_class(request.POST), UNPROCESSABLE
        if form.is_valid():
            try:
                operation(request, case, form.cleaned_data)
            except PortalError as error:
                form.add_error(None, error.message)
                status = refused_status(error)
        if form.errors:
            return self.show(request, case, status=status, **{name: form})
        return redirect(self.address(case))


def _is_open(request: HttpRequest, case: Case, now: datetime) -> bool:
    opened = request.session.get(OPENED, {}).get(str(case.pk))
    return opened is not None and _is_recent(opened, now)


def _is_recent(opened: str, now: datetime) -> bool:
    return now - datetime.fromisoformat(opened) < READ_FOR
