"""What can be done with a legal hold, in words, and to whom it is offered."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from closure.retention import holds
from closure.retention.admin.acting import Act
from closure.retention.models import LegalHold


@dataclass(frozen=True, kw_only=True)
class HoldAct(Act):
    """One thing to do with a hold, and who must not be the one."""

    others_than: str

    def is_offered(self, hold: LegalHold, actor: Actor) -> bool:
        """Tell whether the actor may be the one; the operation asks again."""
        first = getattr(hold, self.others_than) if self.others_than else None
        return holds.may_hold(actor) and actor.account_id not in {first, hold.account_id}


CONFIRM = HoldAct(
    code="confirm",
    verb=holds.confirm,
    button=gettext_lazy("Confirm hold"),
    consequence=gettext_lazy("You looked at the order too, and it holds. It stands until two people lift it."),
    done=gettext_lazy("The hold is confirmed."),
    others_than="placed_by",
)
PROPOSE = HoldAct(
    code="propose_lift",
    verb=holds.propose_lift,
    button=gettext_lazy("Propose to lift"),
    consequence=gettext_lazy("Nothing ends yet. Another person of compliance has to lift it."),
    done=gettext_lazy("Lifting is proposed. Another person of compliance lifts it."),
    others_than="",
)
LIFT = HoldAct(
    code="lift",
    verb=holds.lift,
    button=gettext_lazy("Lift hold"),
    consequence=gettext_lazy("What it held goes on by itself: closing, erasing, and the end of the archive."),
    done=gettext_lazy("The hold is lifted."),
    others_than="lift_proposed_by",
)
ACTS = {act.code: act for act in (CONFIRM, PROPOSE, LIFT)}


def acts_for(hold: LegalHold, actor: Actor) -> list[HoldAct]:
    """Return what the actor may do with a hold now; who placed or proposed never sees the second step."""
    if hold.lifted_at is not None:
        return []
    wanted = [CONFIRM] if hold.confirmed_at is None else []
    wanted.append(PROPOSE if hold.lift_proposed_at is None else LIFT)
    return [act for act in wanted if act.is_offered(hold, actor)]
