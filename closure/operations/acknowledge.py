"""Reading and ticking: risk notes and the warnings of the account check."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from closure import drafts, queries, shown
from closure.exceptions import UnknownAcknowledgement
from closure.models import ClosureRequest
from closure.notes import NOTE_CODES, missing, warning_codes
from closure.preflight.verdict import Check


def acknowledge(request_id: UUID, codes: Iterable[str], *, actor: Actor, now: datetime) -> ClosureRequest:
    """Keep when the owner acknowledged these notes and warnings, and a digest of each text as it was shown (C04).

    Raises UnknownAcknowledgement for codes that are neither.
    """
    wanted = list(dict.fromkeys(codes))
    with transaction.atomic():
        request = drafts.lock_draft(request_id, actor=actor)
        run = queries.latest_run(request)
        known = {*NOTE_CODES, *(warning_codes(run.result) if run else ())}
        if unknown := set(wanted) - known:
            raise UnknownAcknowledgement(unknown)
        said = {code: now.isoformat() for code in wanted if code not in request.acknowledged}
        texts = shown.texts(request, run)
        digests = {code: shown.digest(texts[code]) for code in said}
        drafts.write(
            request,
            now=now,
            acknowledged={**request.acknowledged, **said},
            acknowledged_texts={**request.acknowledged_texts, **digests},
        )
    return request


def missing_acknowledgements(request: ClosureRequest, check: Check | None) -> list[str]:
    """Return the codes of notes, then of warnings of the check, that are still to be acknowledged."""
    return missing(request, None if check is None else check.as_dict())
