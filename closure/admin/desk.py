"""Whose desk a request lies on, on its page: who is at work, until when, and what this person may do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.templatetags.portal_ui import when
from closure import desk
from closure.enums import FINAL_STATES
from closure.models import ClosureRequest
from closure.operations.desk import may_assign
from closure.permissions import can_decide


@dataclass(frozen=True, kw_only=True)
class Move:
    """One thing to do about a desk: its code, its button, its consequence."""

    code: str
    button: str
    consequence: str


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How it stands in words; `is_anothers` where this person cannot decide because of it."""

    said: Sequence[SafeString | str]
    is_anothers: bool
    moves: Sequence[Move]


def standing(request: ClosureRequest, actor: Actor, now: datetime) -> Standing | None:
    """Return whose desk a request lies on; None for what is over."""
    if request.state in FINAL_STATES or request.sealed_at is not None:
        return None
    known = desk.names(people(request, now))
    by, is_anothers = desk.holder(request, now), desk.is_of_another(request, actor, now)
    said = [_said(request, actor, known, now)]
    if request.assigned_to is not None:
        said.append(_("Assigned to %(who)s.") % {"who": known[request.assigned_to]})
    moves = _moves(actor, by, is_anothers=is_anothers) if can_decide(actor, request) else []
    return Standing(said=said, is_anothers=is_anothers, moves=moves)


def people(request: ClosureRequest, now: datetime) -> set[UUID]:
    """Return whose names its desk needs."""
    return {person for person in (desk.holder(request, now), request.assigned_to) if person is not None}


def in_list(request: ClosureRequest, known: dict[UUID, str], now: datetime) -> SafeString | str:
    """Return whose desk it lies on as a list says it; a dash where it is nobody's."""
    by = desk.holder(request, now)
    if by is not None:
        return format_html(_("{who}, until {time}"), who=known[by], time=when(request.desk_until))
    return _("for %(who)s") % {"who": known[request.assigned_to]} if request.assigned_to else "–"


def _said(request: ClosureRequest, actor: Actor, known: dict[UUID, str], now: datetime) -> SafeString | str:
    by = desk.holder(request, now)
    if by is None:
        return _("Nobody is at work on it.")
    until = when(request.desk_until)
    if by == actor.account_id:
        return format_html(_("You are at work on it until {time}."), time=until)
    return format_html(_("{who} is at work on it until {time}. Nobody else decides before."), who=known[by], time=until)


def _moves(actor: Actor, by: UUID | None, *, is_anothers: bool) -> list[Move]:
    stays = _("For 15 minutes nobody else decides about it. Then it is free again by itself.")
    if is_anothers:
        ends = _("It leaves their desk at once. The journal says that you took it.")
        return [Move(code="take_over", button=_("Take over"), consequence=ends)] if may_assign(actor) else []
    if by is None:
        return [Move(code="claim", button=_("Claim"), consequence=stays)]
    back = _("Anybody can take it at once.")
    return [
        Move(code="claim", button=_("Claim for another 15 minutes"), consequence=stays),
        Move(code="release", button=_("Give it back"), consequence=back),
    ]
