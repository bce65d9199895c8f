"""What compliance may do about a legal hold, each with its words; who placed or proposed never sees the second step."""

from django.utils.translation import gettext_lazy

from accounts.admin.decisions import Decision
from closure.retention import holds
from closure.retention.admin.forms import ReviewForm
from closure.retention.models import LegalHold

DECISIONS: tuple[Decision[LegalHold], ...] = (
    Decision(
        code="confirm",
        heading=gettext_lazy("Confirm hold"),
        consequence=gettext_lazy("You looked at the order too, and it holds. It stands until two people lift it."),
        done=gettext_lazy("The hold is confirmed."),
        operation=holds.confirm,
        offered=lambda hold, actor: hold.confirmed_at is None and actor.account_id != hold.placed_by,
    ),
    Decision(
        code="propose_lift",
        heading=gettext_lazy("Propose to lift"),
        consequence=gettext_lazy("Nothing ends yet. Another person of compliance has to lift it."),
        done=gettext_lazy("Lifting is proposed. Another person of compliance lifts it."),
        operation=holds.propose_lift,
        offered=lambda hold, _actor: hold.lift_proposed_at is None,
    ),
    Decision(
        code="lift",
        heading=gettext_lazy("Lift hold"),
        consequence=gettext_lazy("What it held goes on by itself: closing, erasing, and the end of the archive."),
        done=gettext_lazy("The hold is lifted."),
        operation=holds.lift,
        offered=lambda hold, actor: hold.lift_proposed_by not in {None, actor.account_id},
    ),
    Decision(
        code="review",
        heading=gettext_lazy("Set the next day of review"),
        consequence=gettext_lazy("It stands as before. Compliance looks at it again on that day."),
        done=gettext_lazy("The next day of review is set."),
        operation=holds.review,
        offered=lambda _hold, _actor: True,
        form=ReviewForm,
    ),
)
