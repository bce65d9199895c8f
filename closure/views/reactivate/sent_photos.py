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
from closure.operations.reactivate import CHANGING
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
    removable: bool

    @property
    def name(self) -> str:
        """What it shows."""
        return str(self.kind.label)


def sent_photos(row: Reactivation) -> dict[EvidenceKind, SentPhoto]:
    """Return what counts now, by kind."""
    return {kind: _sent(row, kind, photo) for kind, photo in photos.counting(row).items()}


def _sent(row: Reactivation, kind: EvidenceKind, photo: Evidence) -> SentPhoto:
    verdicts = [Verdict.read(each) for each in photo.verdicts]
    return SentPhoto(
        id=photo.pk,
        kind=kind,
        at=photo.taken_at,
        size=f"{photo.width} × {photo.height}",
        broken=telling.rules(verdicts),
        found=telling.found(SUBJECTS[kind], verdicts),
        removable=row.state in CHANGING and not photos.is_shown(row, photo),
    )
