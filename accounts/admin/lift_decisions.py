"""What staff may do about a restriction that stands, each with its words, and the work that it brings."""

from django.utils.translation import gettext_lazy

from accounts import lifting, placing, restrictions, withdrawal_release
from accounts.admin.decisions import Decision
from accounts.admin.work import Work
from accounts.models import Restriction

DECISIONS: tuple[Decision[Restriction], ...] = (
    Decision(
        code="second",
        heading=gettext_lazy("Confirm as the second person"),
        consequence=gettext_lazy("You looked at the reason too, and it holds. It stands until two people lift it."),
        done=gettext_lazy("The restriction is confirmed."),
        operation=placing.confirm,
        offered=placing.may_confirm,
    ),
    Decision(
        code="lift",
        heading=gettext_lazy("Lift restriction"),
        consequence=gettext_lazy("It ends now, and what it held goes on by itself. The journal keeps your reason."),
        done=gettext_lazy("The restriction is lifted."),
        operation=lifting.lift_alone,
        offered=lifting.may_lift_alone,
    ),
    Decision(
        code="propose",
        heading=gettext_lazy("Propose to lift"),
        consequence=gettext_lazy("Nothing changes yet. Another person of compliance has to lift it."),
        done=gettext_lazy("Lifting is proposed. Another person of compliance lifts it."),
        operation=lifting.propose,
        offered=lambda row, actor: lifting.is_open_to(row, actor) and row.lift_proposed_by is None,
    ),
    Decision(
        code="confirm",
        heading=gettext_lazy("Lift restriction"),
        consequence=gettext_lazy("It ends now. What it held goes on by itself: trading, withdrawals, and closing."),
        done=gettext_lazy("The restriction is lifted."),
        operation=lifting.confirm,
        offered=lambda row, actor: (
            lifting.is_open_to(row, actor) and row.lift_proposed_by not in {None, actor.account_id}
        ),
    ),
    Decision(
        code="drop",
        heading=gettext_lazy("Take the proposal back"),
        consequence=gettext_lazy("The restriction stands as before."),
        done=gettext_lazy("The proposal is taken back."),
        operation=lifting.drop,
        offered=lambda row, _actor: row.lift_proposed_by is not None or row.lift_asked_at is not None,
    ),
    Decision(
        code="release",
        heading=gettext_lazy("Release withdrawals"),
        consequence=gettext_lazy(
            "The owner can withdraw for 7 days from now, and is told so. "
            "Trading stays stopped, and the restriction stands."
        ),
        done=gettext_lazy("Withdrawals are released. The owner is told until when."),
        operation=withdrawal_release.release_withdrawals,
        offered=lambda row, actor: withdrawal_release.can_release(actor, row),
    ),
)

WORK: tuple[Work[Restriction], ...] = (
    Work(
        code="unconfirmed",
        name=gettext_lazy("Restrictions to confirm"),
        note=gettext_lazy("One person placed them. Another one in compliance confirms within 24 hours."),
        rows=lambda _now: placing.unconfirmed(),
        tone="danger",
    ),
    Work(
        code="lift",
        name=gettext_lazy("Lifts proposed"),
        note=gettext_lazy("One person, or the exchange core, proposed to lift a restriction. Others decide."),
        rows=lambda _now: restrictions.lifts_waiting(),
        tone="info",
    ),
)
