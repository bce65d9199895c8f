"""Whose desk a row lies on, on its page: who is at work, until when, and what this person may do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts import desk
from accounts.actors import Actor
from accounts.desk import OnADesk
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
    """How it stands in words; `is_anothers` where this person cannot decide because of it; `route` takes the moves."""

    said: Sequence[SafeString | str]
    is_anothers: bool
    moves: Sequence[Move]
    route: str


def said(row: OnADesk, actor: Actor, known: dict[UUID, str], now: datetime) -> SafeString | str:
    """Return who is at work on it; `known` has their name."""
    by = desk.holder(row, now)
    if by is None:
        return _("Nobody is at work on it.")
    until = when(row.desk_until)
    if by == actor.account_id:
        return format_html(_("You are at work on it until {time}."), time=until)
    return format_html(_("{who} is at work on it until {time}. Nobody else decides before."), who=known[by], time=until)


def moves(row: OnADesk, actor: Actor, now: datetime, *, stays: str, may_take_over: bool) -> list[Move]:
    """Return what somebody who works on such rows may do about a desk; `stays` is what a claim means."""
    if desk.is_of_another(row, actor, now):
        ends = _("It leaves their desk at once. The journal says that you took it.")
        return [Move(code=TAKE_OVER, button=_("Take over"), consequence=ends)] if may_take_over else []
    if desk.holder(row, now) is None:
        return [Move(code=CLAIM, button=_("Claim"), consequence=stays)]
    back = _("Anybody can take it at once.")
    return [
        Move(code=CLAIM, button=_("Claim for another 15 minutes"), consequence=stays),
        Move(code=RELEASE, button=_("Give it back"), consequence=back),
    ]
