"""Whose desk a case lies on, on its page: who is at work, until when, and what this person may do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts import case_desk, cases
from accounts.actors import Actor
from accounts.case_claiming import may_take_over
from accounts.enums import CaseState
from accounts.models import Case
from accounts.templatetags.portal_ui import when

CLAIM, RELEASE, TAKE_OVER = MOVES = ("claim", "release", "take_over")


@dataclass(frozen=True, kw_only=True)
class Move:
    """One thing to do about a desk: its code, its button, its consequence."""

    code: str
    button: str
    consequence: str


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How it stands in words; `is_anothers` where this person cannot decide because of it."""

    said: SafeString | str
    is_anothers: bool
    moves: Sequence[Move]


def standing(case: Case, actor: Actor, now: datetime) -> Standing | None:
    """Return whose desk a case lies on; None for what is over."""
    if case.state == CaseState.RESOLVED:
        return None
    is_anothers = case_desk.is_of_another(case, actor, now)
    moves = _moves(case, actor, now, is_anothers=is_anothers) if cases.can_handle(actor) else []
    return Standing(said=_said(case, actor, now), is_anothers=is_anothers, moves=moves)


def done(move: str) -> str:
    """Return what was done."""
    return _("It is free for everybody.") if move == RELEASE else _("It is on your desk for 15 minutes.")


def _said(case: Case, actor: Actor, now: datetime) -> SafeString | str:
    by = case_desk.holder(case, now)
    if by is None:
        return _("Nobody is at work on it.")
    until = when(case.desk_until)
    if by == actor.account_id:
        return format_html(_("You are at work on it until {time}."), time=until)
    who = case_desk.names([by])[by]
    return format_html(_("{who} is at work on it until {time}. Nobody else decides before."), who=who, time=until)


def _moves(case: Case, actor: Actor, now: datetime, *, is_anothers: bool) -> list[Move]:
    stays = _("For 15 minutes nobody else answers or resolves it. Then it is free again by itself.")
    if is_anothers:
        ends = _("It leaves their desk at once. The journal says that you took it.")
        return [Move(code=TAKE_OVER, button=_("Take over"), consequence=ends)] if may_take_over(actor) else []
    if case_desk.holder(case, now) is None:
        return [Move(code=CLAIM, button=_("Claim"), consequence=stays)]
    back = _("Anybody can take it at once.")
    return [
        Move(code=CLAIM, button=_("Claim for another 15 minutes"), consequence=stays),
        Move(code=RELEASE, button=_("Give it back"), consequence=back),
    ]
