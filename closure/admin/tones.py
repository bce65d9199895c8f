"""Which colour and shape states of closing have in the staff console; the word is always there too."""

from datetime import datetime

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.templatetags.portal_ui import tag
from closure import ageing
from closure.admin.filters import FLAG_WORDS
from closure.enums import Age, ClosureState, Verdict
from closure.models import ClosureRequest
from closure.preflight.difference import Change

_STATE = {
    ClosureState.IN_REVIEW: "warn",
    ClosureState.HELD: "warn",
    ClosureState.COOLING_OFF: "info",
    ClosureState.APPROVED: "info",
    ClosureState.FINALIZING: "info",
    ClosureState.CLOSED: "ok",
}
VERDICT = {Verdict.CLEAR: "ok", Verdict.WARNING: "warn", Verdict.BLOCKED: "danger", Verdict.UNKNOWN: "danger"}
CHANGE = {Change.SAME: "plain", Change.CHANGED: "warn", Change.NEW: "danger", Change.CLEARED: "ok"}
AGE = {Age.FRESH: "plain", Age.HALF: "info", Age.LAST_QUARTER: "warn", Age.OVERDUE: "danger"}


def state_tag(request: ClosureRequest) -> SafeString:
    """Return the state of a request as a tag."""
    return tag(_STATE.get(ClosureState(request.state), "plain"), str(request.get_state_display()))


def verdict_tag(verdict: Verdict) -> SafeString:
    """Return a verdict as a tag."""
    return tag(VERDICT[verdict], str(verdict.label))


def change_tag(change: Change) -> SafeString:
    """Return how a finding changed as a tag."""
    words = {Change.SAME: _("same"), Change.CHANGED: _("changed"), Change.NEW: _("new"), Change.CLEARED: _("cleared")}
    return tag(CHANGE[change], words[change])


def flag_tags(request: ClosureRequest) -> SafeString | str:
    """Return the flags of a request as tags; a dash where there is none."""
    words = [str(FLAG_WORDS.get(flag, flag)) for flag in request.flags]
    if request.four_eyes_due:
        words.append(_("two people"))
    return format_html_join(" ", "{}", ((tag("warn", word),) for word in words)) or "–"


def age_tag(request: ClosureRequest, now: datetime) -> SafeString | str:
    """Return how much of its time a review has used as a tag; nothing for what waits for no decision."""
    found = ageing.age(request, now)
    return tag(AGE[found], str(found.label)) if found else ""


def is_overdue(request: ClosureRequest, now: datetime) -> bool:
    """Tell whether a review was not done when it was due."""
    return ageing.age(request, now) is Age.OVERDUE
