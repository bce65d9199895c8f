"""How reactivations look in lists and on pages: tags, and whose desk they lie on."""

from datetime import datetime
from uuid import UUID

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts import desk
from accounts.actors import Actor
from accounts.admin.desk import Standing, moves, said
from accounts.case_claiming import may_take_over
from accounts.templatetags.portal_ui import tag, when
from closure.admin.tones import AGE
from closure.enums import ReactivationState
from closure.models import Evidence, Reactivation
from closure.reactivation import ageing
from closure.reactivation.permissions import can_decide

S = ReactivationState
_STATE = {S.SUBMITTED: "warn", S.NEEDS_MORE: "info", S.APPROVED: "ok"}


def state_tag(row: Reactivation) -> SafeString:
    """Return the state as a tag, and that a second person is awaited."""
    found = tag(_STATE.get(S(row.state), "plain"), str(row.get_state_display()))
    if row.state == S.SUBMITTED and row.proposed_by is not None:
        return format_html("{} {}", found, tag("warn", _("two people")))
    return found


def waiting(row: Reactivation, now: datetime) -> SafeString | str:
    """Return since when it waits, and how much of its time is gone."""
    found = ageing.age(row, now)
    return format_html("{} {}", tag(AGE[found], str(found.label)) if found else "", when(row.submitted_at))


def cannot_be_opened(photo: Evidence) -> str:
    """Return what to do about a photo whose file is lost, or not the one that was sent."""
    what = {"what": photo.get_kind_display()}
    return _("The photo of %(what)s cannot be opened. Ask the customer to send it again.") % what


def holder(row: Reactivation, now: datetime) -> UUID | None:
    """Return who is at work on it now."""
    return desk.holder(row.case, now)


def in_list(row: Reactivation, known: dict[UUID, str], now: datetime) -> SafeString | str:
    """Return whose desk it lies on as a list says it; a dash where it is nobody's."""
    by = holder(row, now)
    return "–" if by is None else format_html(_("{who}, until {time}"), who=known[by], time=when(row.case.desk_until))


def standing(row: Reactivation, actor: Actor, now: datetime) -> Standing | None:
    """Return whose desk it lies on, that of its case; None for what waits for no staff."""
    if row.state != S.SUBMITTED:
        return None
    by = holder(row, now)
    stays = _("For 15 minutes nobody else decides about it. Then it is free again by itself.")
    takes = may_take_over(actor)
    return Standing(
        said=[said(row.case, actor, desk.names([by] if by else []), now)],
        is_anothers=desk.is_of_another(row.case, actor, now),
        moves=moves(row.case, actor, now, stays=stays, may_take_over=takes) if can_decide(actor, row) else [],
        route="admin:closure_reactivation_desk",
    )
