"""On the page of a case: letting documents stand for a proof that cannot be given any more, by two (J04, L06)."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts import clock
from accounts.admin.base import Facts, actor_of, actor_words
from accounts.admin.cases import CaseAdmin
from accounts.admin.forms import ReasonForm
from accounts.models import Case
from accounts.powers import REVIEW_RECOVERY
from accounts.recovering import invitations, inviting
from accounts.templatetags.portal_ui import when


class InviteForm(ReasonForm):
    """Why, and which proposal was on the page, none where it offers to propose; the page names the one of now."""

    proposal = forms.UUIDField(required=False, widget=forms.HiddenInput)


class InvitingCaseAdmin(CaseAdmin):
    """Cases in which staff let documents stand for the proof."""

    def more_urls(self) -> list[URLPattern]:
        """Add the two steps, and the end."""
        wrap = self.admin_site.admin_view
        return [
            *super().more_urls(),
            path("<uuid:key>/invite/", wrap(self.invite_view), name="accounts_case_invite"),
            path("<uuid:key>/uninvite/", wrap(self.uninvite_view), name="accounts_case_uninvite"),
        ]

    def facts(self, row: Case) -> Facts:
        """Add until when documents stand for the proof of the account."""
        found = invitations.open_of(row.account_id) if row.account_id is not None else None
        if found is None or found.expires_at is None:
            return super().facts(row)
        why = f"{found.get_opens_display()}, {found.get_cause_display()}"
        words = format_html("{} ({})", when(found.expires_at), why)
        return [*super().facts(row), (_("Documents stand for the proof until"), words)]

    def show(self, request: HttpRequest, row: Case, *, status: int = 200, **more: Any) -> HttpResponse:
        """Add the form of the next step, and the one that ends it, to who may."""
        actor, owner = actor_of(request), row.account_id
        found = invitations.open_of(owner) if owner is not None else None
        told: dict[str, Any] = {}
        if found is not None and found.confirmed_at is None and found.proposed_by is not None:
            told["proposal"] = found.pk
            told["invited_by"] = actor_words(f"staff:{found.proposed_by}")
        if inviting.may_go_on(actor, row, found):
            told["invite_form"] = InviteForm(auto_id="invite_%s")
        if found is not None and owner != actor.account_id and actor.may(REVIEW_RECOVERY):
            told["uninvite_form"] = ReasonForm(auto_id="uninvite_%s")
        return super().show(request, row, status=status, **{**told, **more})

    def invite_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Propose it, or confirm what another proposed."""
        return self.act(request, key, InviteForm, "invite_form", self._invite)

    def _invite(self, request: HttpRequest, case: Case, given: Any) -> None:
        told: dict[str, Any] = {"actor": actor_of(request), "reason": given["reason"], "now": clock.now()}
        if given["proposal"] is None:
            inviting.propose(case.pk, **told)
            messages.success(request, _("Proposed. Another person, a lead, confirms it."))
            return
        inviting.confirm(case.pk, proposal_id=given["proposal"], **told)
        messages.success(request, _("Documents stand for the proof now. All contacts are told. Answer the case too."))

    def uninvite_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """End it."""
        return self.act(request, key, ReasonForm, "uninvite_form", self._uninvite)

    def _uninvite(self, request: HttpRequest, case: Case, given: Any) -> None:
        inviting.withdraw(case.pk, actor=actor_of(request), reason=given["reason"], now=clock.now())
        messages.success(request, _("Documents do not stand for the proof any more."))
