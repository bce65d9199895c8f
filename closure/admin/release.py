"""Releasing a disputed account, on the page of its request: who proposed it, what it does, and the form."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.admin.base import actor_words
from closure.admin.forms import SeenForm
from closure.models import ClosureRequest
from closure.operations import release


class ReleaseForm(SeenForm):
    """Why; a request that is over has no further versions."""

    seen_version = None  # type: ignore[assignment]  # this is how Django takes an inherited field away

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_release_%s", **kwargs})

    def facts(self) -> dict[str, Any]:
        """Return what the operation is given."""
        return {"reason": self.cleaned_data["reason"]}


@dataclass(frozen=True, kw_only=True)
class Release:
    """How a dispute stands; `form` is there for who may go on with it."""

    said: str
    button: str
    consequence: str
    form: ReleaseForm | None


def standing(request: ClosureRequest, actor: Actor, *, bound: ReleaseForm | None = None) -> Release | None:
    """Return how the dispute of a request stands; None where none keeps its account disabled."""
    if not release.waits(request):
        return None
    first = release.proposed_by(request)
    form = (bound or ReleaseForm()) if release.may_release(actor, request) else None
    if first is None:
        return Release(
            said=_("The owner did not ask for the closing, so the account is locked."),
            button=_("Propose release"),
            consequence=_("Nothing is released yet. Another person of compliance has to confirm."),
            form=form,
        )
    return Release(
        said=_("%(who)s proposed to release the account.") % {"who": actor_words(first)},
        button=_("Release the account"),
        consequence=_(
            "The account is active again, with withdrawals held. Its security investigation and its dispute cases end."
        ),
        form=form,
    )


def done_words(*, released: bool) -> str:
    """Return what was done."""
    if released:
        return _("The account is released. Its owner gets a message.")
    return _("The release is proposed. Another person of compliance confirms.")
