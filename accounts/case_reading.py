"""Who of staff has read what the owner of a case wrote, by the journal: whoever decides about it has (L07)."""

import json
from uuid import UUID

from accounts.actors import Actor
from accounts.case_messages import READ, newest_of_owner
from accounts.models import Case, Event


def is_read(case: Case, actor: Actor) -> bool:
    """Tell whether somebody read the case, for a reason, when the newest of what its owner wrote was in it."""
    newest = newest_of_owner(case.pk)
    return newest is None or newest in _read_by(case, actor)


def _read_by(case: Case, actor: Actor) -> set[UUID]:
    reads = Event.objects.filter(account_id=case.account_id, action=READ, actor=actor.label)
    told = (json.loads(bytes(body))["data"] for body in reads.values_list("body", flat=True))
    return {UUID(each["message"]) for each in told if "message" in each}
