"""Recoveries of lost factors at the console: the list, and on each page what was sent, what is on file, who decides."""

from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import case_claiming, case_contacts, clock
from accounts.actors import Actor
from accounts.admin import case_desk
from accounts.admin.base import (
    CONTACT_SEARCH_HELP,
    UNPROCESSABLE,
    Facts,
    account_key,
    account_link,
    actor_of,
    actor_words,
    refused_status,
)
from accounts.admin.decisions import DecidedAdmin
from accounts.admin.filters import WorkFilter
from accounts.admin.forms import DeskForm
from accounts.enums import FactorKind, IdentifierKind, MessageChannel, RecoveryRule, RecoveryState
from accounts.exceptions import PortalError
from accounts.identifiers import mask
from accounts.models import Account, FactorRecovery
from accounts.powers import CONFIRM_UNNAMED
from accounts.recovering import beginning, deciding, invitations, note
from accounts.templatetags.portal_ui import tag, when
from closure.admin.recovery_decisions import DECISIONS, WORK
from closure.operations.evidence import looked_at
from closure.recovery_papers import sent

S = RecoveryState
TONES = {
    S.DRAFT: "plain",
    S.SUBMITTED: "warn",
    S.NEEDS_MORE: "info",
    S.WAITING: "info",
    S.DONE: "ok",
    S.REFUSED: "danger",
}
IDENTIFIERS = {MessageChannel.EMAIL: IdentifierKind.EMAIL, MessageChannel.SMS: IdentifierKind.PHONE}


class RecoveryWorkFilter(WorkFilter):
    """What waits for one, and for a second person."""

    work = WORK


class FactorRecoveryAdmin(DecidedAdmin[FactorRecovery]):
    """Who lost a factor and asks us to take it off, for a second pair of eyes too."""

    decisions = DECISIONS
    record_template = "staff/recovery.html"
    list_display = ("shown_case", "shown_state", "shown_lost", "shown_account", "sent_at")
    list_display_links = ("shown_case",)
    list_filter = ("state", RecoveryWorkFilter)
    list_select_related = ("case",)
    ordering = ("-id",)
    search_fields = ("id",)
    search_help_text = CONTACT_SEARCH_HELP

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[FactorRecovery], search_term: str
    ) -> tuple[QuerySet[FactorRecovery], bool]:
        """Find by the account behind a contact."""
        return (queryset.filter(account_id=account_key(search_term)) if search_term.strip() else queryset), False

    @admin.display(description=gettext_lazy("Case"))
    def shown_case(self, row: FactorRecovery) -> str:
        """The reference of its case."""
        return row.case.reference

    @admin.display(description=gettext_lazy("State"))
    def shown_state(self, row: FactorRecovery) -> SafeString:
        """How it stands."""
        if row.state == S.SUBMITTED and row.proposed_by is not None:
            return tag("info", _("proposed"))
        return tag(TONES.get(S(row.state), "plain"), row.get_state_display())

    @admin.display(description=gettext_lazy("Lost"))
    def shown_lost(self, row: FactorRecovery) -> str:
        """What was lost."""
        return ", ".join(str(FactorKind(kind).label) for kind in row.lost)

    @admin.display(description=gettext_lazy("Account"))
    def shown_account(self, row: FactorRecovery) -> SafeString | str:
        """Whose it is."""
        return account_link(row.account_id)

    @admin.display(description=gettext_lazy("Sent"))
    def sent_at(self, row: FactorRecovery) -> str:
        """When it was sent to staff."""
        return when(row.submitted_at) if row.submitted_at else "–"

    def more_urls(self) -> list[URLPattern]:
        """Add the desk, before what is decided."""
        wrap = self.admin_site.admin_view
        return [path("<uuid:key>/desk/", wrap(self.desk_view), name=f"{self.route}_desk"), *super().more_urls()]

    def title(self, row: FactorRecovery) -> str:
        """Return the reference of its case."""
        return _("Recovery %(reference)s") % {"reference": row.case.reference}

    def facts(self, row: FactorRecovery) -> Facts:
        """Return what was said, what is on file, and how far it is."""
        owner = Account.objects.get(pk=row.account_id)
        place = reverse("admin:accounts_case_change", args=[row.case_id])
        facts: list[tuple[str, Any]] = [
            (_("State"), self.shown_state(row)),
            (_("Case"), format_html('<a class="ref" href="{}">{}</a>', place, row.case.reference)),
            (_("Account"), account_link(row.account_id)),
            (_("Name on file"), owner.name or "–"),
            (_("Document on file"), _document(owner)),
            (_("Lost"), self.shown_lost(row)),
            (_("The link came by"), row.get_carried_by_display()),
            (_("Given beside the link"), _given(row)),
        ]
        if row.new_kind:
            kind = IDENTIFIERS[MessageChannel(row.new_kind)]
            facts.append((_("New contact"), mask(kind, beginning.new_contact_of(row))))
        facts += [(name, when(at)) for name, at in self._times(row) if at is not None]
        people = ((_("Proposed by"), row.proposed_by), (_("Confirmed by"), row.confirmed_by))
        facts += [(name, actor_words(f"staff:{who}")) for name, who in people if who is not None]
        if row.broken:
            facts.append((_("Against the rules"), " ".join(str(RecoveryRule(rule).label) for rule in row.broken)))
        return [*facts, (_("Ended because"), row.end_reason.replace("_", " "))] if row.end_reason else facts

    def _times(self, row: FactorRecovery) -> list[tuple[str, Any]]:
        return [
            (_("Begun"), row.created_at),
            (_("Sent"), row.submitted_at),
            (_("Proposed"), row.proposed_at),
            (_("Confirmed"), row.confirmed_at),
            (_("Takes effect"), row.due_at),
            (_("Ended"), row.ended_at),
        ]

    def is_open_to(self, row: FactorRecovery, actor: Actor) -> bool:
        """Who may end it, or be the second person, and never about themselves; each decision asks for more."""
        return deciding.may_stop(row, actor) or deciding.may_confirm(row, actor)

    def show(self, request: HttpRequest, row: FactorRecovery, *, status: int = 200, **more: Any) -> HttpResponse:
        """Add the photos, which of them this person has looked at, the words of the note, and the desk."""
        actor, now = actor_of(request), clock.now()
        desk = case_desk.standing(row.case, actor, now) if row.is_open else None
        told = {
            "photos": sent(row.case),
            "beside": case_contacts.open_beside(row.case),
            "looked": looked_at(row.account_id, actor),
            "note": note.text(row),
            "unnamed": deciding.confirms(row.account) is CONFIRM_UNNAMED,
            "desk": replace(desk, route=f"admin:{self.route}_desk") if desk is not None else None,
        }
        return super().show(request, row, status=status, **{**told, **more})

    def desk_view(self, request: HttpRequest, key: Any) -> HttpResponse:
        """Claim its case, give it back, or take it over."""
        row = self.find(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form, actor, now = DeskForm(request.POST), actor_of(request), clock.now()
        if not form.is_valid():
            return self.show(request, row, status=UNPROCESSABLE, desk_form=form)
        move = form.cleaned_data["move"]
        try:
            if move == case_desk.RELEASE:
                case_claiming.release(row.case, actor=actor, now=now)
            else:
                case_claiming.claim(row.case, actor=actor, now=now, take_over=move == case_desk.TAKE_OVER)
        except PortalError as error:
            form.add_error(None, error.message)
            return self.show(request, row, status=refused_status(error), desk_form=form)
        messages.success(request, case_desk.done(move))
        return redirect(self.address(row))


def _given(row: FactorRecovery) -> str:
    if row.given:
        return row.get_given_display()
    by_documents = invitations.is_behind(row.pk)
    # It was not kept which one, of those that were begun before it was.
    return _("nothing: documents stand for it") if by_documents else _("the password, or a code of another way")


def _document(owner: Account) -> str:
    if not owner.document_type:
        return _("none")
    expires = f", {owner.document_expires:%d %b %Y}" if owner.document_expires else ""
    return f"{owner.get_document_type_display()}, {owner.document_country}{expires}"
