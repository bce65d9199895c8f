"""The photos of a recovery: which are asked for, which are missing, and who of staff looked at them (J04, L07)."""

import json

from accounts.actors import Actor
from accounts.models import Case, Event
from accounts.recovering import papers
from closure.enums import EvidenceKind
from closure.models import Evidence
from closure.operations.evidence import LOOKED_AT

# The person with the note, and the document; its back where there is one.
ASKED = (EvidenceKind.NOTE, EvidenceKind.DOCUMENT_FRONT)
OFFERED = (*ASKED, EvidenceKind.DOCUMENT_BACK)


class Photos:
    """The answers, from our rows."""

    def missing(self, case: Case) -> list[str]:
        """Return the kinds that are asked for and not there."""
        there = set(Evidence.objects.filter(case=case).values_list("kind", flat=True))
        return [kind.value for kind in ASKED if kind not in there]

    def are_seen(self, case: Case, actor: Actor) -> bool:
        """Tell whether the journal says that this person looked at every photo of the case."""
        looks = Event.objects.filter(account_id=case.account_id, action=LOOKED_AT, actor=actor.label)
        seen = {json.loads(bytes(each.body))["data"]["evidence"] for each in looks}
        there = {str(key) for key in Evidence.objects.filter(case=case).values_list("pk", flat=True)}
        return bool(there) and there <= seen


def plug() -> None:
    """Let accounts ask (closure.apps)."""
    papers.plug(Photos())
