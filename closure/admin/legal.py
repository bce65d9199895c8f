"""Legal holds on the page of a request: for compliance and auditors alone, as their own pages are (H05)."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from accounts import clock
from accounts.actors import Actor
from closure.models import ClosureRequest
from closure.retention import hold_queries
from closure.retention.admin.holds import state_tag
from closure.retention.models import LegalHold
from closure.retention.powers import VIEW_HOLDS


@dataclass(frozen=True, kw_only=True)
class Hold:
    """One hold that stands, and how."""

    row: LegalHold
    state: SafeString


def of(request: ClosureRequest, actor: Actor) -> list[Hold] | None:
    """Return the holds that stand, what is due first; None for who learns of no hold."""
    if not actor.may(VIEW_HOLDS):
        return None
    now = clock.now()
    mine = hold_queries.by_urgency(now, hold_queries.standing().filter(account_id=request.account_id))
    return [Hold(row=row, state=state_tag(row, now)) for row in mine]
