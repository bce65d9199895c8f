"""The photos of a recovery: which are asked for, which are missing, and who of staff looked at them (J04, L07)."""

from accounts.actors import Actor
from accounts.models import Case
from accounts.recovering import papers
from closure.enums import EvidenceKind
from closure.models import Evidence
from closure.operations.evidence import looked_at

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
        """Tell whether every photo that is asked for is there, and the journal says that this person looked at all."""
        there = sent(case)
        is_whole = {photo.kind for photo in there} >= set(ASKED)
        return is_whole and {photo.pk for photo in there} <= looked_at(case.account_id, actor)


def sent(case: Case) -> list[Evidence]:
    """Return the photos of a case, in the order in which they came."""
    return list(Evidence.objects.filter(case=case).order_by("pk"))


def plug() -> None:
    """Let accounts ask (closure.apps)."""
    papers.plug(Photos())
