"""The photos of a recovery: which are asked for, which are missing, and who of staff looked at them (J04, L07)."""

from uuid import UUID

from accounts.actors import Actor
from accounts.enums import RecoveryState
from accounts.models import Case
from accounts.recovering import lifecycle, papers
from accounts.recovering.lifecycle import RecoveryRefused
from closure.enums import EvidenceKind
from closure.models import Evidence
from closure.operations.evidence import looked_at, shown_to_owner

# The person with the note, and the document; its back where there is one.
ASKED = (EvidenceKind.NOTE, EvidenceKind.DOCUMENT_FRONT)
OFFERED = (*ASKED, EvidenceKind.DOCUMENT_BACK)


class Photos:
    """The answers, from our rows."""

    def missing(self, case: Case) -> list[str]:
        """Return the kinds that are asked for and not there."""
        there = set(shown_to_owner(case).values_list("kind", flat=True))
        return [kind.value for kind in ASKED if kind not in there]

    def are_seen(self, case: Case, actor: Actor) -> bool:
        """Tell whether every photo that is asked for is there, and the journal says that this person looked at all."""
        there = list(shown_to_owner(case))
        is_whole = {photo.kind for photo in there} >= set(ASKED)
        return is_whole and {photo.pk for photo in there} <= looked_at(case.account_id, actor)


def sent(case: Case) -> list[Evidence]:
    """Return the photos of a case for staff, in the order in which they came."""
    return list(Evidence.objects.filter(case=case).order_by("pk"))


def check_open(recovery_id: UUID) -> None:
    """Lock a recovery whose photos its owner may change; raises UnknownRecovery, and RecoveryRefused once sent."""
    _account, row = lifecycle.lock(recovery_id)
    if row.state not in {RecoveryState.DRAFT, RecoveryState.NEEDS_MORE}:
        raise RecoveryRefused


def plug() -> None:
    """Let accounts ask (closure.apps)."""
    papers.plug(Photos())
