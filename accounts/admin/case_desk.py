"""Whose desk a case lies on, on its page."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts import case_desk, cases
from accounts.actors import Actor
from accounts.admin.desk import MOVES, RELEASE, TAKE_OVER, Standing, moves, said
from accounts.case_claiming import may_take_over
from accounts.enums import CaseState
from accounts.models import Case

__all__ = ["MOVES", "RELEASE", "TAKE_OVER", "done", "is_anothers", "standing"]


def standing(case: Case, actor: Actor, now: datetime) -> Standing | None:
    """Return whose desk a case lies on; None for what is over."""
    if case.state == CaseState.RESOLVED:
        return None
    by = case_desk.holder(case, now)
    stays = _("For 15 minutes nobody else answers or resolves it. Then it is free again by itself.")
    handles, takes = cases.can_handle(actor), may_take_over(actor)
    return Standing(
        said=[said(case, actor, case_desk.names([by] if by else []), now)],
        is_anothers=case_desk.is_of_another(case, actor, now),
        moves=moves(case, actor, now, stays=stays, may_take_over=takes) if handles else [],
        route="admin:accounts_case_desk",
    )


def is_anothers(case: Case, actor: Actor, now: datetime) -> bool:
    """Tell whether somebody else is at work on it."""
    return case_desk.is_of_another(case, actor, now)


def done(move: str) -> str:
    """Return what was done."""
    return _("It is free for everybody.") if move == RELEASE else _("It is on your desk for 15 minutes.")
