"""The photos that were sent, as their owner sees them: which, when, what was found; and the photo itself."""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from closure.enums import EvidenceKind
from closure.evidence import words
from closure.evidence.contents import photo_of
from closure.evidence.enums import Outcome
from closure.evidence.verdicts import Verdict
from closure.exceptions import UnknownEvidence
from closure.models import Reactivation
from closure.reactivation import photos
from closure.views.reactivate.pages import InReactivation

# Whatever a browser makes of the file: it runs nothing, loads nothing, and is of no origin.
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


@dataclass(frozen=True, kw_only=True)
class SentPhoto:
    """One photo that counts: `broken` are the rules that were found broken, in words."""

    kind: EvidenceKind
    at: datetime
    broken: list[str]

    @property
    def name(self) -> str:
        """What it shows."""
        return str(self.kind.label)

    @property
    def url(self) -> str:
        """Where its owner looks at it."""
        return reverse("reactivate-photo", args=[self.kind.value])


def sent_photos(row: Reactivation) -> dict[EvidenceKind, SentPhoto]:
    """Return what counts now, by kind."""
    return {
        kind: SentPhoto(kind=kind, at=found.taken_at, broken=_broken(found.verdicts))
        for kind, found in photos.counting(row).items()
    }


def _broken(verdicts: list[object]) -> list[str]:
    found = map(Verdict.read, verdicts)
    return [words.rule(verdict) for verdict in found if verdict.outcome is Outcome.REFUSED]


class PhotoView(InReactivation):
    """The photo that counts, to its owner alone; middleware says: kept by nobody."""

    def get(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        """Show it, or say that there is none."""
        found = photos.counting(self.row).get(EvidenceKind(kind))
        if found is None:
            raise Http404
        try:
            answer = HttpResponse(photo_of(found), content_type="image/jpeg")
        except UnknownEvidence as error:
            raise Http404 from error
        answer.headers["Content-Security-Policy"] = SANDBOX
        answer.headers["Content-Disposition"] = f'inline; filename="{kind}.jpg"'
        return answer
