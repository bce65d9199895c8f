"""What is parked, on the page of a request: what was given up, why, and the form that starts it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from closure.admin.forms import SeenForm
from closure.enums import EffectState
from closure.finalization.plan import FinalStep
from closure.models import ClosureRequest, Effect
from closure.operations.rearm import failing_step
from closure.permissions import can_decide

STEP_WORDS: dict[FinalStep, str | Promise] = {
    FinalStep.LOCK_DEPOSITS: gettext_lazy("locking deposits"),
    FinalStep.RECHECK: gettext_lazy("the last account check"),
    FinalStep.END_ACCESS: gettext_lazy("ending access at the exchange"),
    FinalStep.EXPORT_CLOSES: gettext_lazy("ending exports"),
    FinalStep.SEAL_ARCHIVE: gettext_lazy("sealing the archive"),
    FinalStep.BLOCK_IDENTIFIERS: gettext_lazy("blocking identifiers"),
    FinalStep.WRITE_RECEIPT: gettext_lazy("writing the receipt"),
    FinalStep.QUEUE_LAST_MAIL: gettext_lazy("queueing the last mail"),
    FinalStep.ERASE: gettext_lazy("erasing personal data"),
    FinalStep.CLOSE: gettext_lazy("closing at the exchange"),
}


class RearmForm(SeenForm):
    """Why, and on which version of the request."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_rearm_%s", **kwargs})

    def facts(self) -> dict[str, Any]:
        """Return what the operation is given."""
        return {"reason": self.cleaned_data["reason"], "seen_version": self.cleaned_data["seen_version"]}


@dataclass(frozen=True, kw_only=True)
class Parked:
    """What was given up, one line each, and the form for those who may start it again."""

    lines: list[str]
    form: RearmForm | None


def parked(
    request: ClosureRequest, actor: Actor, *, calls: Sequence[Effect], bound: RearmForm | None = None
) -> Parked | None:
    """Return what is parked, of the plan and of these calls of the request; None where nothing is."""
    told = {"attempts": 0, "error": ""}
    lines = []
    if step := failing_step(request):
        entry = {**told, **request.plan[step]}
        lines.append(_line(str(STEP_WORDS[step]), int(entry["attempts"]), str(entry["error"])))
    given_up = [call for call in calls if call.state == EffectState.PARKED]
    lines += [_line(call.key.partition(":")[2].replace("_", " "), call.attempts, call.last_error) for call in given_up]
    if not lines:
        return None
    form = bound or RearmForm(initial={"seen_version": request.version})
    return Parked(lines=lines, form=form if can_decide(actor, request) else None)


def _line(what: str, attempts: int, error: str) -> str:
    return _("%(what)s: tried %(attempts)s times, last: %(error)s") % {
        "what": what,
        "attempts": attempts,
        "error": error,
    }
