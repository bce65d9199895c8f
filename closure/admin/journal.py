"""The journal with the words of closing in it."""

import json
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.admin.journal import EventAdmin
from accounts.models import Event
from closure import claims, queries
from closure.admin import story
from closure.operations.claim_search import SEARCHED
from closure.operations.claims import PROPOSED, SETTLED
from closure.retention import disclosures, holds
from closure.retention.enums import ArchiveAction
from closure.retention.late_holds import OVERDUE

WORDS: dict[str, str | Promise] = {
    ArchiveAction.PURGED: gettext_lazy("Archives of a month destroyed"),
    ArchiveAction.TEXTS_DESTROYED: gettext_lazy("What staff wrote after closings destroyed"),
    ArchiveAction.KEYS_ROTATED: gettext_lazy("Archive key of a month renewed"),
    holds.PLACED: gettext_lazy("Legal hold placed"),
    holds.CONFIRMED: gettext_lazy("Legal hold confirmed"),
    holds.REVIEWED: gettext_lazy("Legal hold looked at again; next day of review set"),
    holds.LIFT_PROPOSED: gettext_lazy("Lifting a legal hold proposed"),
    holds.LIFTED: gettext_lazy("Legal hold lifted"),
    OVERDUE: gettext_lazy("Legal hold not confirmed in time"),
    disclosures.ASKED: gettext_lazy("Opening of an archive asked for"),
    disclosures.APPROVED: gettext_lazy("Documents for an opening approved"),
    disclosures.OPENED: gettext_lazy("Archive opened and given out"),
    disclosures.SEARCHED: gettext_lazy("Asked whose archive an identifier is found in"),
    claims.OPENED: gettext_lazy("Late deposit: claim opened"),
    PROPOSED: gettext_lazy("Settlement of a claim proposed"),
    SETTLED: gettext_lazy("Claim settled"),
    SEARCHED: gettext_lazy("Asked whose archive a claim belongs to"),
}


class JournalAdmin(EventAdmin):
    """The journal of both floors."""

    words = {**EventAdmin.words, **WORDS, **story.WORDS}
    account_hint = gettext_lazy(
        "An id, an e-mail address or phone number in full, or the reference of a closure or a case."
    )

    def whose(self, term: str) -> UUID:
        """Return the account that a search means, by the reference of its closure too."""
        request = queries.submitted(term.upper())
        return super().whose(term) if request is None else request.account_id

    def said(self, event: Event) -> str:
        """What happened, in words."""
        if event.action.startswith("closure.") or event.action in story.BESIDE:
            return story.said(event.action, json.loads(bytes(event.body))["data"])
        return super().said(event)
