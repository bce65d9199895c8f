"""The photos that were sent, as their owner reads of them: which, when, how large, what was found.

In words alone: what was sent is given back to nobody, so that who has the mailbox and the password has no copy of a
passport by them. Staff see it, as an attachment, for a reason (closure.admin.evidence).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from closure.enums import EvidenceKind
from closure.evidence import telling
from closure.evidence.verdicts import Verdict
from closure.models import Evidence, Reactivation
from closure.operations.evidence import SUBJECTS
from closure.reactivation import photos


@dataclass(frozen=True, kw_only=True)
class SentPhoto:
    """One photo that counts: `size` in pixels, `broken` the rules it breaks, `found` what else was checked, or not."""

    id: UUID
    kind: EvidenceKind
    at: datetime
    size: str
    broken: list[str]
    found: str

    @property
    def name(self) -> str:
        """What it shows."""
        return str(self.kind.label)


def sent_photos(row: Reactivation) -> dict[EvidenceKind, SentPhoto]:
    """Return what counts now, by kind."""
    return {kind: _sent(kind, found) for kind, found in photos.counting(row).items()}


def _sent(kind: EvidenceKind, row: Evidence) -> SentPhoto:
    verdicts = [Verdict.read(each) for each in row.verdicts]
    return SentPhoto(
        id=row.pk,
        kind=kind,
        at=row.taken_at,
        size=f"{row.width} × {row.height}",
        broken=telling.rules(verdicts),
        found=telling.found(SUBJECTS[kind], verdicts),
    )
