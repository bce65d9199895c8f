"""The photos of a reactivation side by side, with what the machine found of each and where else each was sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from closure.admin import looking
from closure.admin.evidence import verdict_lines
from closure.evidence import sightings
from closure.models import Evidence, Reactivation
from closure.reactivation import photos


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """A photo of another case that is the same file, or looks alike."""

    row: Evidence
    is_same: bool


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One photo: `src` is empty until somebody said why they look at it."""

    row: Evidence
    src: str
    checks: Sequence[tuple[str, SafeString]]
    elsewhere: Sequence[Elsewhere]


def counting(row: Reactivation) -> list[Evidence]:
    """Return the photos that count, the note first."""
    return list(photos.counting(row).values())


def shown(request: HttpRequest, rows: Sequence[Evidence], now: datetime) -> list[Shown]:
    """Return these photos as the page shows them to this session."""
    return [
        Shown(
            row=each,
            src=reverse("admin:closure_evidence_photo", args=[each.pk])
            if looking.is_open(request, each.pk, now)
            else "",
            checks=verdict_lines(each),
            elsewhere=_elsewhere(each),
        )
        for each in rows
    ]


def earlier(row: Reactivation, rows: Sequence[Evidence]) -> list[Evidence]:
    """Return what was sent in the same case and does not count any more, newest first."""
    sent = Evidence.objects.filter(case_id=row.case_id).exclude(pk__in=[each.pk for each in rows])
    return list(sent.order_by("-taken_at", "-id"))


def _elsewhere(row: Evidence) -> list[Elsewhere]:
    seen = sightings.find(row)
    found = Evidence.objects.filter(pk__in=[*seen.same, *seen.alike]).select_related("case").order_by("pk")
    return [Elsewhere(row=each, is_same=each.pk in seen.same) for each in found]
