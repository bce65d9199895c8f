"""How a request stands, in words for its owner: what is so, what to do about it, what comes when (E07, A17).

Legal and risk holds are one neutral sentence: never their kind, authority, case or date.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from closure.causes import standing_causes
from closure.enums import ClosureState, HeldReason
from closure.guards import QUESTION_OPEN
from closure.mails import HELD_WORDS, REJECTIONS
from closure.models import ClosureRequest
from closure.policy import loader

S, R = ClosureState, HeldReason
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WAITING = frozenset({S.COOLING_OFF, S.IN_REVIEW, S.APPROVED, S.HELD})
TO_DO: dict[HeldReason, str | Promise] = {
    R.DEPOSIT: gettext_lazy(
        "Withdraw what arrived from here: the closing then goes on. Or cancel the closure, and keep your account."
    ),
    R.BLOCKER: gettext_lazy(
        "Cancel the closure and sign in. The account check shows what to clear. Then ask again. "
        "If it clears by itself, the closing goes on."
    ),
    R.RESTRICTION: gettext_lazy("Contact us and quote your reference. We tell you how to clear it."),
    R.UNREACHABLE: gettext_lazy("You need not do anything. We try again every few minutes, and then go on."),
    R.QUESTION: gettext_lazy("Answer it here. The closing goes on when we have read your answer."),
}
HEADINGS: dict[ClosureState, str | Promise] = {
    S.HELD: gettext_lazy("The closing of your account is on hold"),
    S.FINALIZING: gettext_lazy("We are closing your account now"),
    S.CLOSED: gettext_lazy("Your account is closed"),
    S.CANCELLED: gettext_lazy("This closure is cancelled"),
    S.REJECTED: gettext_lazy("We did not close your account"),
}
# The words of policies without a wait (docs/lifecycle.md, `pionex`).
CLOSING_NOW, DELETED = gettext_lazy("Closing now"), gettext_lazy("Deleted")
AT_ONCE = frozenset({S.IN_REVIEW, S.COOLING_OFF, S.APPROVED, S.FINALIZING, S.CLOSED})
CLOSED = gettext_lazy("Nobody can open it again. Not you, and not us.")
RELEASED = gettext_lazy("Your account is active again, and you can sign in. Revoked API keys stay revoked.")
DISPUTED = gettext_lazy(
    "You told us that you did not ask for it. Your account is locked, until two people of our staff have looked at it. "
    "We write to you then."
)
FROZEN = gettext_lazy("Your account is frozen: no sign-in, trading or withdrawals.")


@dataclass(frozen=True, kw_only=True)
class Hold:
    """One cause of a hold: what it is, and what to do about it."""

    code: str
    text: str
    to_do: str


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """What comes, and when."""

    text: str
    at: datetime


def heading(request: ClosureRequest, *, now: datetime) -> str:
    """Return how it stands in one line; where the day of closing is what counts, the page says that day."""
    if closes_at_once(request, now=now):
        return str(DELETED if request.state == S.CLOSED else CLOSING_NOW)
    return str(HEADINGS.get(S(request.state), _("Your account closes on")))


def closes_at_once(request: ClosureRequest, *, now: datetime) -> bool:
    """Tell whether it is closed, or being closed, under a policy without a wait; the brake's wait counts (D08)."""
    if loader.from_pinned(request.policy).waiting.wait or request.state not in AT_ONCE:
        return False
    return request.finalizes_after is not None and request.finalizes_after <= now


def lead(request: ClosureRequest) -> str:
    """Return what that means for the account."""
    if request.state == S.CLOSED:
        return str(CLOSED)
    if request.state == S.REJECTED:
        return f"{REJECTIONS.get(request.end_reason, REJECTIONS['rejected'])} {RELEASED}"
    if request.state == S.CANCELLED:
        return str(DISPUTED if request.end_reason == "disputed" else RELEASED)
    return str(FROZEN)


def holds(request: ClosureRequest) -> list[Hold]:
    """Return what holds it, each cause in its own words; a neutral one has nothing to do about it."""
    if request.state != S.HELD:
        return []
    causes = standing_causes(request)
    # Under a hold of law or risk nothing can be withdrawn or cancelled, so neither is advised.
    stuck = bool(causes & {R.LEGAL, R.RESTRICTION})
    advised = {cause: words for cause, words in TO_DO.items() if not stuck or cause in {R.RESTRICTION, R.QUESTION}}
    return [
        Hold(code=cause.value, text=str(HELD_WORDS[cause]), to_do=str(advised.get(cause, "")))
        for cause in HeldReason
        if cause in causes
    ]


def answer_by(request: ClosureRequest) -> datetime | None:
    """Return until when a question can be answered."""
    asked = request.state == S.HELD and R.QUESTION.value in request.held_reasons
    return request.held_at + QUESTION_OPEN if asked and request.held_at else None


def review(request: ClosureRequest, *, now: datetime) -> str:
    """Return what is said while a person looks at it; a late review is said to be late."""
    if request.state != S.IN_REVIEW:
        return ""
    if request.finalizes_before is not None and now >= request.finalizes_before:
        return _("A person is still checking your request. It takes longer than we said. Nothing closes before that.")
    return _("A person checks your request before we close the account.")


def ahead(request: ClosureRequest, *, now: datetime) -> list[Ahead]:
    """Return what is still to come, soonest first; dates that are over are left out."""
    if request.state not in WAITING:
        return []
    found = [
        (_("The wait ends. We check the account once more, then close it."), request.finalizes_after),
        (_("Closed at the latest"), None if request.state == S.HELD else request.finalizes_before),
        (
            _("If it is not closed by then, we release your account, unless a restriction stands."),
            request.release_at,
        ),
    ]
    dated = [Ahead(text=text, at=at) for text, at in found if at is not None and at > now]
    return sorted(dated, key=lambda each: each.at)


def time_left(request: ClosureRequest, *, now: datetime) -> str:
    """Return how long the wait still is: `6 days 23 hours left`; empty when there is none."""
    if request.state not in {S.COOLING_OFF, S.IN_REVIEW} or request.finalizes_after is None:
        return ""
    left = request.finalizes_after - now
    if left <= timedelta(0):
        return ""
    days, hours, minutes = left // DAY, left % DAY // HOUR, left % HOUR // timedelta(minutes=1)
    parts = [
        ngettext("%(n)d day", "%(n)d days", days) % {"n": days} if days else "",
        ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours} if hours else "",
        ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes} if not days else "",
    ]
    return _("%(time)s left") % {"time": " ".join(part for part in parts if part)}
