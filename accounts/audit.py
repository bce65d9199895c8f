"""The whole journal, checked: what seals it, what it says, and what was kept of it elsewhere (invariant 15)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts import chain, checkpoints, seal_check, sealing
from accounts.actors import Actor
from accounts.chain import Break
from accounts.journal import record
from accounts.models import Checkpoint, JournalLeaf

VERIFIED = "journal.verified"


@dataclass(frozen=True, kw_only=True)
class Audit:
    """What was found. `waiting` events are not sealed yet, the oldest of them since `waiting_since`."""

    events: int
    sealed: int
    checkpoints: int
    waiting: int
    waiting_since: datetime | None
    broken: Break | None


def audit(published: Iterable[str] = ()) -> Audit:
    """Check everything and name the first break; `published` are checkpoints kept outside, as signed notes (H07)."""
    # The seal comes first: it names the very event, where the chain can name its neighbor only.
    broken = seal_check.first_break(published)
    events, loose = chain.verify()
    waiting = sealing.waiting()
    oldest = waiting.first()
    return Audit(
        events=events,
        sealed=JournalLeaf.objects.count(),
        checkpoints=Checkpoint.objects.count(),
        waiting=waiting.count(),
        waiting_since=oldest.at if oldest else None,
        broken=broken or loose,
    )


def verify(published: Iterable[str] = (), *, actor: Actor, now: datetime) -> Audit:
    """Check everything as `audit` does, and keep in the journal how it came out and how far it was signed by then."""
    # Whoever seals meanwhile signs more than was asked about; what was signed before is checked for certain.
    newest = checkpoints.newest()
    found = audit(published)
    with transaction.atomic():
        told = {"well": found.broken is None, "size": newest.tree_size if newest else 0}
        record(VERIFIED, actor=actor, at=now, data=told)
    return found
