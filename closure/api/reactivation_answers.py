"""Turns reactivations into answers; the shapes are in reactivation_shapes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from accounts import desk
from accounts.api.views import as_state
from accounts.models import StepUp
from accounts.verification import step_up as steps
from closure.evidence import words
from closure.evidence.verdicts import Verdict
from closure.models import Evidence, Reactivation
from closure.reactivation import ageing, documents, flags, photos, rules


def own(row: Reactivation) -> dict[str, Any]:
    """Return a reactivation as its owner sees it."""
    lacking = photos.missing(row) if row.state in {"draft", "needs_more"} else []
    return {
        "reference": row.reference,
        "case": row.case.reference,
        "state": row.state,
        "note": row.note,
        "document": row.document_type,
        "documents": [
            {"type": each.type.value, "sides": [side.value for side in each.sides], "rule": str(each.rule)}
            for each in documents.ACCEPTED
        ],
        "photos": [photo(each) for each in photos.counting(row).values()],
        "missing": [str(each) for each in lacking],
        "asked": row.asked,
        "broken": [{"rule": rule.value, "text": rules.words(rule)} for rule in rules.read(row.broken)],
        "submitted_at": row.submitted_at,
    }


def photo(row: Evidence) -> dict[str, Any]:
    """Return what was found of a photo."""
    return {"kind": row.kind, "taken_at": row.taken_at, "checks": checks(map(Verdict.read, row.verdicts))}


def checks(found: Iterable[Verdict]) -> list[dict[str, str]]:
    """Return the checks of a photo in words."""
    return [{"check": each.check.value, "outcome": each.outcome.value, "text": words.rule(each)} for each in found]


def proving(begun: StepUp) -> dict[str, Any]:
    """Return a verification and what became of each of its factors."""
    factors = [as_state(state) for state in steps.factors(begun)]
    return {"expires_at": begun.expires_at, "needed": begun.needed, "factors": factors}


def entries(rows: Sequence[Reactivation], *, now: datetime) -> list[dict[str, Any]]:
    """Return reactivations as staff see them in a list: nothing personal of their owners; five queries at most."""
    held = [desk.holder(row.case, now) for row in rows]
    known = desk.names(person for person in held if person is not None)
    return [
        {
            "reference": row.reference,
            "case": row.case.reference,
            "state": row.state,
            "version": row.version,
            "submitted_at": row.submitted_at,
            "due": ageing.due(row),
            "account": row.account.short_id,
            "flags": found,
            "document": row.document_type,
            "proposed": row.proposed_at is not None and row.decided_at is None,
            "claimed_by": known[by] if by else None,
            "claimed_until": row.case.desk_until if by else None,
        }
        for row, found, by in zip(rows, flags.of_rows(rows), held, strict=True)
    ]
