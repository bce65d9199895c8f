"""Disclosures: who asked for an archive, who approved, who opened it; asking and approving, each by its operation."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import cases, clock, identifiers
from accounts.actors import Actor
from accounts.admin.base import (
    NO_ACCOUNT,
    UNPROCESSABLE,
    Facts,
    account_key,
    account_link,
    actor_of,
    actor_words,
    refused_status,
)
from accounts.admin.decisions import DecidedAdmin, Decision
from accounts.enums import Role
from accounts.exceptions import BadIdentifier, PortalError
from accounts.templatetags.portal_ui import tag, when
from closure.retention import disclosures
from closure.retention.admin.forms import AskForm
from closure.retention.enums import DisclosurePurpose, DisclosureState
from closure.retention.models import Disclosure
from closure.retention.powers import OPEN, VIEW_ORDERS

TONES = {DisclosureState.APPROVING: "warn", DisclosureState.READY: "info", DisclosureState.OPENED: "plain"}
APPROVALS: tuple[Decision[Disclosure], ...] = tuple(
    Decision(
        code=f"approve_{role}",
        heading=heading,
        consequence=gettext_lazy(
            "You looked at the documents of the case: who asks is the person. Nothing is opened yet."
        ),
        done=gettext_lazy("The documents are approved."),
        operation=partial(disclosures.approve, role=role),
        offered=lambda row, actor, role=role: role in disclosures.may_approve_as(row, actor),  # type: ignore[misc]
    )
    for role, heading in (
        (Role.AGENT, gettext_lazy("Approve documents as agent")),
        (Role.LEAD, gettext_lazy("Approve documents as lead")),
    )
)


class DisclosureAdmin(DecidedAdmin[Disclosure]):
    """What was asked for and given out. Contents are on no page: they leave as a sealed file."""

    decisions = APPROVALS
    record_template = "staff/disclosure.html"
    change_list_template = "staff/disclosures.html"
    list_display = ("reference", "shown_state", "whom_for", "shown_account", "asked")
    list_display_links = ("reference",)
    search_fields = ("account_id",)
    search_help_text = gettext_lazy("The reference, or the id of an account.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Disclosure]:
        """Return what this role may see, opened ones last, oldest first."""
        is_open = ExpressionWrapper(Q(opened_at__isnull=False), output_field=BooleanField())
        rows: QuerySet[Disclosure] = super().get_queryset(request)
        rows = rows.annotate(is_opened=is_open).order_by("is_opened", "asked_at", "id")
        return rows if actor_of(request).may(VIEW_ORDERS) else rows.filter(purpose=DisclosurePurpose.PERSON)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Disclosure], search_term: str
    ) -> tuple[QuerySet[Disclosure], bool]:
        """Find by exact reference or account only."""
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(Q(case_reference__iexact=term) | Q(account_id=account_key(term))), False

    @admin.display(description=gettext_lazy("Reference"))
    def reference(self, row: Disclosure) -> str:
        """The reference, as long as what can be opened is kept."""
        return str(row)

    @admin.display(description=gettext_lazy("State"))
    def shown_state(self, row: Disclosure) -> SafeString:
        """How it stands, as a tag."""
        state = disclosures.state_of(row)
        return tag(TONES[state], str(state.label))

    @admin.display(description=gettext_lazy("For"))
    def whom_for(self, row: Disclosure) -> str:
        """Whom it is for."""
        return row.get_purpose_display()

    @admin.display(description=gettext_lazy("Account"))
    def shown_account(self, row: Disclosure) -> SafeString | str:
        """Whose archive it is."""
        return account_link(row.account_id)

    @admin.display(description=gettext_lazy("Asked"))
    def asked(self, row: Disclosure) -> str:
        """Since when it waits."""
        return when(row.asked_at)

    def more_urls(self) -> list[URLPattern]:
        """Add asking."""
        asking = path("ask/", self.admin_site.admin_view(self.ask_view), name=f"{self.route}_ask")
        return [asking, *super().more_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Offer asking to whom may."""
        more = {"may_ask": cases.can_handle(actor_of(request)), **(extra_context or {})}
        return super().changelist_view(request, more)

    def title(self, row: Disclosure) -> str:
        """Return the reference."""
        return _("Disclosure %(reference)s") % {"reference": row}

    def facts(self, row: Disclosure) -> Facts:
        """Return whom it is for, and who did what when."""
        told: list[tuple[str, Any]] = [
            (_("State"), self.shown_state(row)),
            (_("For"), self.whom_for(row)),
            (_("Account"), account_link(row.account_id)),
        ]
        people = (
            (_("Asked"), row.asked_at, row.asked_by),
            (_("Approved as agent"), row.agent_approved_at, row.agent_approved_by),
            (_("Approved as lead"), row.lead_approved_at, row.lead_approved_by),
            (_("Opened"), row.opened_at, row.opened_by),
        )
        for what, at, who in people:
            if at is not None:
                told += [(what, when(at)), (_("%(what)s by") % {"what": what}, actor_words(f"staff:{who}"))]
        return [*told, (_("SHA-256 of the file"), bytes(row.bundle_digest).hex())] if row.bundle_digest else told

    def is_open_to(self, row: Disclosure, actor: Actor) -> bool:
        """Documents are approved before it is opened; opening has a page of its own."""
        return row.opened_at is None

    def show(self, request: HttpRequest, row: Disclosure, *, status: int = 200, **more: Any) -> HttpResponse:
        """Add the way to opening."""
        may_open = disclosures.may_open(row, actor_of(request))
        return super().show(request, row, status=status, may_open=may_open, **more)

    def ask_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for an archive to be opened."""
        actor = actor_of(request)
        if not cases.can_handle(actor):
            raise PermissionDenied
        form = AskForm(request.POST or None, initial={"account": request.GET.get("account", "")})
        status = UNPROCESSABLE
        if request.method == "POST" and form.is_valid():
            try:
                row = _ask(form, actor)
            except PortalError as error:
                row, status = None, refused_status(error)
                form.add_error(None, error.message)
            if row is not None:
                messages.success(request, _("It is asked for. Somebody else does the next step."))
                return redirect(self.address(row))
        title = _("Ask for an archive")
        return self.form_page(request, form, template="staff/ask_disclosure.html", title=title, status=status)


def _ask(form: AskForm, actor: Actor) -> Disclosure | None:
    """Ask as the form says; None where nobody or several are meant, which the form then tells. Raises PortalError."""
    given = form.cleaned_data
    found = _accounts_of(given["account"], actor, given["reason"])
    if len(found) != 1:
        form.add_error("account", _several(found) if found else _("There is no archive of this account."))
        return None
    return disclosures.ask(
        found[0],
        DisclosurePurpose(given["purpose"]),
        reference=given["reference"],
        reason=given["reason"],
        actor=actor,
        now=clock.now(),
    )


def _accounts_of(term: str, actor: Actor, reason: str) -> list[UUID]:
    """Return whose archives a term means: an account's id or contact, or what a sealed identity was found by.

    The last is asked for compliance alone, as on a claim, and journaled: whether somebody was ever here is told to
    nobody else.
    """
    known = account_key(term)
    if known != NO_ACCOUNT or not actor.may(OPEN):
        return [known]
    try:
        return disclosures.find(*identifiers.read(term), reason=reason, actor=actor, now=clock.now())
    except BadIdentifier:
        return []


def _several(found: list[UUID]) -> str:
    keys = ", ".join(map(str, found))
    return _("More than one account had it. Give the id of one: %(keys)s") % {"keys": keys}
