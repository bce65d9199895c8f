"""Cases where closing knows more: a document number is resolved, an account opened, a matter decided (D05, L04)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts import case_desk, cases, clock
from accounts.actors import Actor
from accounts.admin.base import Facts, actor_of, actor_words
from accounts.admin.forms import ReasonForm
from accounts.enums import CaseKind, CaseState
from accounts.models import Case, FactorRecovery
from closure.admin import left_open
from closure.admin.matter_cases import MatterCaseAdmin
from closure.models import ClosureRequest, Reactivation
from closure.operations import readmit
from closure.operations.resolve_document import draft_of, resolve_document


class CaseAdmin(MatterCaseAdmin):
    """Support cases, with what closing can do about them."""

    def more_urls(self) -> list[URLPattern]:
        """Add resolving a document number, and opening an account again."""
        wrap = self.admin_site.admin_view
        return [
            *super().more_urls(),
            path("<uuid:key>/document/", wrap(self.document_view), name="accounts_case_document"),
            path("<uuid:key>/readmit/", wrap(self.readmit_view), name="accounts_case_readmit"),
        ]

    def facts(self, row: Case) -> Facts:
        """Add the recovery that is reviewed in it, or what stood at the exchange when its account was disabled."""
        facts = [*super().facts(row), *left_open.facts(row)]
        recovery = FactorRecovery.objects.filter(case=row).first()
        if recovery is None:
            return facts
        place = reverse("admin:accounts_factorrecovery_change", args=[recovery.pk])
        link = format_html('<a href="{}">{}</a>', place, recovery.get_state_display())
        return [*facts, (_("Recovery"), link)]

    def show(self, request: HttpRequest, row: Case, *, status: int = 200, **more: Any) -> HttpResponse:
        """Add what it is about: closures, a reactivation, and resolving the number where a request waits for it."""
        if row.account_id is not None:
            more = {"closures": ClosureRequest.objects.filter(account_id=row.account_id).order_by("-id")[:10], **more}
        if row.kind == CaseKind.REACTIVATION:
            more = {"reactivation": Reactivation.objects.filter(case=row, submitted_at__isnull=False).first(), **more}
        actor = actor_of(request)
        is_anothers = case_desk.is_of_another(row, actor, clock.now())
        if cases.can_handle(actor) and not is_anothers and draft_of(row) is not None:
            more = {"document_form": ReasonForm(auto_id="document_%s"), **more}
        more = {**_readmission(row, actor), **more}
        return super().show(request, row, status=status, **more)

    def document_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Take the number as given."""
        return self.act(request, key, ReasonForm, "document_form", self._resolve_document)

    def _resolve_document(self, request: HttpRequest, case: Case, given: Any) -> None:
        resolve_document(case.pk, actor=actor_of(request), reason=given["reason"], now=clock.now())
        messages.success(request, _("The document number is resolved. The customer can go on."))

    def readmit_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Propose to open the account."""
        return self.act(request, key, ReasonForm, "readmit_form", self._readmit)

    def _readmit(self, request: HttpRequest, case: Case, given: Any) -> None:
        readmit.propose(case.pk, actor=actor_of(request), reason=given["reason"], now=clock.now())
        messages.success(request, _("Proposed. Another person, a lead, opens the account."))


def _readmission(row: Case, actor: Actor) -> dict[str, Any]:
    """Return what waits on this case, the form to propose it, or that resolving comes first."""
    if row.state != CaseState.RESOLVED:
        return {"opens_once_resolved": readmit.may_propose_once_resolved(actor, row)}
    waits = readmit.waiting().filter(case=row).first()
    if waits is not None:
        return {"readmission": waits, "proposed_by": actor_words(f"staff:{waits.proposed_by}")}
    return {"readmit_form": ReasonForm(auto_id="readmit_%s")} if readmit.may_propose(actor, row) else {}
