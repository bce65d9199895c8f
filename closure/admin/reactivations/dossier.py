"""What staff read before they decide: how it stands, what was chosen, what warns, and other tries of the account."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts import cases, identity_check
from accounts.actors import Actor
from accounts.admin.base import actor_words
from accounts.models import Case
from accounts.recovering import invitations
from accounts.templatetags.portal_ui import when
from closure.admin.reactivations import words
from closure.models import Reactivation
from closure.models.reactivation import OPEN_REACTIVATIONS
from closure.reactivation import documents, rules

MOST = 10


def facts(row: Reactivation, *, now: datetime) -> list[tuple[str, Any]]:
    """Return how it stands, what was chosen, and who did what."""
    told: list[tuple[str, Any]] = [
        (_("State"), words.state_tag(row)),
        (_("Handed in"), words.waiting(row, now)),
        (_("Case"), case_link(row.case)),
        (_("Document"), _document(row)),
        (_("Policy"), f"{row.policy_name} {row.policy_version}"),
    ]
    if invitations.is_behind(row.pk):
        told.append((_("Given beside the link"), _("nothing: documents stand for it")))
    if row.broken:
        told.append((_("Rules named last"), "; ".join(str(rule.label) for rule in rules.read(row.broken))))
    if row.proposed_by:
        told.append((_("Approval proposed"), when(row.proposed_at)))
        told.append((_("Proposed by"), actor_words(f"staff:{row.proposed_by}")))
    if row.decided_at:
        told.append((_("Decided"), when(row.decided_at)))
        told.append((_("Decided by"), actor_words(f"staff:{row.decided_by}")))
    return told


def _document(row: Reactivation) -> str:
    accepted = next((each for each in documents.ACCEPTED if each.type == row.document_type), None)
    return f"{row.get_document_type_display()}. {accepted.rule}" if accepted else _("none chosen")


def case_link(case: Case) -> SafeString:
    """Return a link to a case by its reference."""
    place = reverse("admin:accounts_case_change", args=[case.pk])
    return format_html('<a class="ref" href="{}">{}</a>', place, case.reference)


def warnings(row: Reactivation) -> list[SafeString | str]:
    """Return what stands against approving, while it is open, and what cannot be compared (G05, J13)."""
    if row.state not in OPEN_REACTIVATIONS:
        return []
    said = _("Somebody else gave this identity as theirs: case {case}. It cannot be approved until that is resolved.")
    told: list[SafeString | str] = []
    told += [format_html(said, case=case_link(case)) for case in identity_check.open_about(row.account_id)]
    if not row.account.name:
        told.append(_("We have no name on file: nothing to compare the document with."))
    return told


def may_look(actor: Actor, row: Reactivation) -> bool:
    """Tell whether the actor may open its photos: staff who handle cases, never the owner."""
    return cases.can_handle(actor) and actor.account_id != row.account_id


def others(row: Reactivation) -> list[Reactivation]:
    """Return the other reactivations of the account that were handed in, newest first."""
    tries = Reactivation.objects.filter(account_id=row.account_id, submitted_at__isnull=False).exclude(pk=row.pk)
    return list(tries.order_by("-id")[:MOST])
