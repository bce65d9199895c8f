"""Whose desk a request lies on, and whose work it is, on its page and in the list."""

from datetime import datetime
from uuid import UUID

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.admin.desk import Standing, moves, said
from accounts.templatetags.portal_ui import when
from closure import desk
from closure.enums import FINAL_STATES
from closure.models import ClosureRequest
from closure.operations.desk import may_assign
from closure.permissions import can_decide


def standing(request: ClosureRequest, actor: Actor, now: datetime) -> Standing | None:
    """Return whose desk a request lies on; None for what is over."""
    if request.state in FINAL_STATES or request.sealed_at is not None:
        return None
    known = desk.names(people(request, now))
    words = [said(request, actor, known, now)]
    if request.assigned_to is not None:
        words.append(_("Assigned to %(who)s.") % {"who": known[request.assigned_to]})
    stays = _("For 15 minutes nobody else decides about it. Then it is free again by itself.")
    decides, takes = can_decide(actor, request), may_assign(actor)
    return Standing(
        said=words,
        is_anothers=desk.is_of_another(request, actor, now),
        moves=moves(request, actor, now, stays=stays, may_take_over=takes) if decides else [],
        route="admin:closure_closurerequest_desk",
    )


def people(request: ClosureRequest, now: datetime) -> set[UUID]:
    """Return whose names its desk needs."""
    return {person for person in (desk.holder(request, now), request.assigned_to) if person is not None}


def in_list(request: ClosureRequest, known: dict[UUID, str], now: datetime) -> SafeString | str:
    """Return whose desk it lies on as a list says it; a dash where it is nobody's."""
    by = desk.holder(request, now)
    if by is not None:
        return format_html(_("{who}, until {time}"), who=known[by], time=when(request.desk_until))
    return _("for %(who)s") % {"who": known[request.assigned_to]} if request.assigned_to else "–"
