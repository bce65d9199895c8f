"""What somebody found in the journal, to take along: each event with the proof that it is sealed (docs/journal.md)."""

import json
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import journal_export, journal_search
from accounts.actors import Actor
from accounts.exceptions import NotAllowed, PortalError, ReasonRequired
from accounts.journal import record
from accounts.journal_export import Line, chained
from accounts.journal_search import Asked
from accounts.powers import EXPORT_JOURNAL

EXPORTED = "journal.exported"
MOST_EVENTS = 1000


class TooMuch(PortalError):
    """More was found than one file of proofs is for."""

    code = "too_many_events"


class NothingSealed(PortalError):
    """Nothing that was found can be proven yet."""

    code = "nothing_sealed"


def can_export(actor: Actor) -> bool:
    """Tell whether the actor may take events along."""
    return actor.may(EXPORT_JOURNAL)


def excerpt(asked: Asked, *, reason: str, actor: Actor, now: datetime) -> bytes:
    """Return the sealed events that were asked for, oldest first, as lines of JSON with proofs.

    Writes one event with what was asked and the digest of the last line; `reason` is kept as an erasable note. Raises
    NotAllowed, ReasonRequired, TooMuch, NothingSealed.
    """
    if not can_export(actor):
        raise NotAllowed(_("Compliance and auditors export the journal."))
    if not reason.strip():
        raise ReasonRequired
    found = list(journal_search.events(asked).values_list("pk", flat=True)[: MOST_EVENTS + 1])
    if len(found) > MOST_EVENTS:
        raise TooMuch(_("More than %(most)d events were found. Give fewer days, or say more.") % {"most": MOST_EVENTS})
    proofs = list(journal_export.inclusions(found))
    if not proofs:
        raise NothingSealed(_("None of these events is sealed yet. Try again in a minute."))
    told = asked.as_dict()
    head: Line = {"type": "excerpt", "asked": told, "at": now.isoformat(), "left_out": len(found) - len(proofs)}
    lines = list(chained(iter([head, *proofs])))
    with transaction.atomic():
        data = {"asked": told, "events": len(proofs), "digest": lines[-1]["digest"]}
        record(EXPORTED, actor=actor, at=now, account_id=asked.account_id, data=data, note=reason.strip())
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines).encode()
