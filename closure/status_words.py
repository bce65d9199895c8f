"""What the status page says of a request, all of it in words: for its owner, and for staff who see what they see."""

from datetime import datetime
from typing import Any

from closure import offers, questions, standing, timeline
from closure.enums import ClosureState
from closure.models import ClosureRequest
from closure.receipts import reading


def said(request: ClosureRequest, *, now: datetime) -> dict[str, Any]:
    """Return what is so, why, what the owner may do, what happened and what comes; nothing of anybody's data."""
    at_once = standing.closes_at_once(request, now=now)
    dated = request.state in standing.WAITING and request.state != ClosureState.HELD and not at_once
    return {
        "closure": request,
        "heading": standing.heading(request, now=now),
        "closes_at": request.finalizes_after if dated else None,
        "lead": standing.lead(request),
        "time_left": standing.time_left(request, now=now),
        "review_text": standing.review(request, now=now),
        "holds": standing.holds(request),
        "question": questions.asked(request),
        "answer_by": standing.answer_by(request),
        "held_until": _held_until(request, now=now),
        "past": timeline.of_requests([request])[request.pk],
        "ahead": standing.ahead(request, now=now),
        "receipt": reading.of_request(request),
        "export_until": offers.export_until(request, now=now),
        "may_clear": offers.clear_deposit(request),
        "readable": offers.readable(request),
        "may_cancel": offers.cancel(request),
        "may_answer": offers.answer(request),
        "may_dispute": offers.dispute(request),
    }


def _held_until(request: ClosureRequest, *, now: datetime) -> datetime | None:
    """Until when withdrawals of the released account are held."""
    until = request.account.withdrawals_held_until
    ended = request.state in {ClosureState.CANCELLED, ClosureState.REJECTED}
    return until if ended and until is not None and until > now else None
