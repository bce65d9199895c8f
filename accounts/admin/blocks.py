"""The block list for looking at, found by what somebody typed in full; compliance keeps, reviews and releases."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import block_review, blocked, clock, identifiers
from accounts.actors import Actor
from accounts.admin.base import Facts, account_key, account_link
from accounts.admin.block_decisions import DECISIONS, WORK
from accounts.admin.decisions import DecidedAdmin
from accounts.admin.filters import WorkFilter
from accounts.enums import IdentifierKind
from accounts.exceptions import BadIdentifier
from accounts.fingerprints import every
from accounts.models import BlockedIdentity
from accounts.templatetags.portal_ui import tag, when


class BlockWorkFilter(WorkFilter):
    """What waits for compliance."""

    work = WORK


class BlockAdmin(DecidedAdmin[BlockedIdentity]):
    """Blocks of registering again; no identifier is readable here, so none is shown."""

    record_template = "staff/block.html"
    decisions = DECISIONS
    list_display = ("kind", "shown_state", "ends", "shown_account", "closed")
    list_display_links = ("kind",)
    list_filter = ("kind", BlockWorkFilter)
    ordering = ("-id",)
    search_fields = ("id",)
    search_help_text = gettext_lazy(
        "An e-mail address, phone, document or national number in full, or the id of an account."
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[BlockedIdentity], search_term: str
    ) -> tuple[QuerySet[BlockedIdentity], bool]:
        """Find by fingerprint, whatever kind of identifier it may be, or by the account that was closed."""
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(Q(fingerprint__in=_prints(term)) | Q(account_id=account_key(term))), False

    @admin.display(description=gettext_lazy("State"))
    def shown_state(self, block: BlockedIdentity) -> SafeString:
        """Whether it stands, and what waits."""
        return state_tag(block, now=clock.now())

    @admin.display(description=gettext_lazy("Free from"))
    def ends(self, block: BlockedIdentity) -> str:
        """When it ends."""
        return end_words(block)

    @admin.display(description=gettext_lazy("Account"))
    def shown_account(self, block: BlockedIdentity) -> SafeString | str:
        """The account that was closed."""
        return account_link(block.account_id)

    @admin.display(description=gettext_lazy("Counted from"))
    def closed(self, block: BlockedIdentity) -> str:
        """The closing."""
        return when(block.counted_from)

    def title(self, row: BlockedIdentity) -> str:
        """Return what is blocked."""
        return _("Block: %(kind)s") % {"kind": row.get_kind_display()}

    def facts(self, row: BlockedIdentity) -> Facts:
        """Return how it stands and who decided what."""
        facts: list[tuple[str, Any]] = [
            (_("State"), state_tag(row, now=clock.now())),
            (_("Account"), account_link(row.account_id)),
            (_("Counted from"), when(row.counted_from)),
            (_("Free from"), end_words(row)),
        ]
        if row.for_ever_at:
            facts += [(_("For ever since"), _dated(row.for_ever_at, row.for_ever_by))]
            facts += [(_("Next review"), when(row.review_due_at))]
        if row.release_proposed_at:
            facts += [(_("Release proposed"), _dated(row.release_proposed_at, row.release_proposed_by))]
        if row.released_at:
            facts += [(_("Released"), _dated(row.released_at, row.released_by))]
        return facts

    def is_open_to(self, row: BlockedIdentity, actor: Actor) -> bool:
        """Compliance decides, while it stands."""
        return block_review.can_decide(row, actor) and blocked.stands(row, now=clock.now())


def _prints(term: str) -> list[bytes]:
    """Return the fingerprints of what somebody typed, as every kind that it can be."""
    found: list[bytes] = []
    for kind in IdentifierKind:
        try:
            found += every(kind, identifiers.normalize(kind, term))
        except BadIdentifier:
            continue
    return found


def _dated(at: datetime, by: UUID | None) -> SafeString:
    return format_html("{} ({})", when(at), account_link(by))


def end_words(block: BlockedIdentity) -> str:
    """Return when it ends, in words."""
    if block.for_ever_at:
        return _("no date")
    ends = when(block.blocked_until)
    return format_html(_("{date}, or when the archive ends"), date=ends) if block.while_archived else ends


def state_tag(block: BlockedIdentity, *, now: datetime) -> SafeString:
    """Return how a block stands, as a tag."""
    if block.released_at:
        return tag("plain", _("released"))
    if not blocked.stands(block, now=now):
        return tag("plain", _("over"))
    if block.release_proposed_at:
        return tag("info", _("release proposed"))
    if block.for_ever_at and block.review_due_at and block.review_due_at <= now:
        return tag("warn", _("review due"))
    return tag("warn", _("for ever")) if block.for_ever_at else tag("info", _("stands"))
