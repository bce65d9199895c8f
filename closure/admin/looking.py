"""Who said why they look at photos sees them in their pages for a quarter of an hour, in that session alone (L07).

Each photo that is opened so is one look in the journal; what the page loads meanwhile is that same look.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest

from accounts.admin.base import actor_of
from closure.exceptions import UnknownEvidence
from closure.models import Evidence
from closure.operations import evidence

LOOK_FOR = timedelta(minutes=15)
OPENED = "photos_opened"


def open_photos(request: HttpRequest, rows: Sequence[Evidence], *, reason: str, now: datetime) -> list[Evidence]:
    """Open photos for this session, with the reason in the journal; returns those that cannot be opened.

    Raises as closure.operations.evidence.look for all else.
    """
    actor = actor_of(request)
    opened: list[Evidence] = []
    for row in rows:
        with suppress(UnknownEvidence):
            opened.append(evidence.look(row.pk, reason=reason, actor=actor, now=now))
    still = {key: at for key, at in request.session.get(OPENED, {}).items() if _is_recent(at, now)}
    request.session[OPENED] = {**still, **{str(row.pk): now.isoformat() for row in opened}}
    return [row for row in rows if row not in opened]


def is_open(request: HttpRequest, evidence_id: UUID, now: datetime) -> bool:
    """Tell whether this session opened a photo a quarter of an hour ago at most."""
    at = request.session.get(OPENED, {}).get(str(evidence_id))
    return at is not None and _is_recent(at, now)


def _is_recent(at: str, now: datetime) -> bool:
    return now - datetime.fromisoformat(at) < LOOK_FOR
