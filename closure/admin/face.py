"""The outcome of a face check on the page of a request: what staff saw, and why they say so."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from accounts.admin.base import actor_words
from closure.admin.forms import SeenForm
from closure.enums import FaceOutcome
from closure.models import ClosureRequest
from closure.operations.face import COMPARED, DECIDED_IN
from closure.permissions import can_decide


class FaceForm(SeenForm):
    """What was found, why, and on which version of the request."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What you found"),
        choices=FaceOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what you found.")},
    )
    field_order = ("outcome", "reason", "seen_version")

    def __init__(self, *args: Any, consent: bool | None, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_face_%s", **kwargs})
        outcome = self.fields["outcome"]
        if isinstance(outcome, forms.ChoiceField) and not consent:
            outcome.choices = [(each.value, each.label) for each in FaceOutcome if each not in COMPARED]

    def facts(self) -> dict[str, Any]:
        """Return what the operation is given."""
        given = self.cleaned_data
        found = {"reason": given["reason"], "seen_version": given["seen_version"]}
        return {**found, "outcome": FaceOutcome(given["outcome"])}


def form_for(request: ClosureRequest, actor: Actor) -> FaceForm | None:
    """Return an empty form where the actor may record an outcome now."""
    if not request.face_due or request.state not in DECIDED_IN or not can_decide(actor, request):
        return None
    return FaceForm(consent=request.face_consent, initial={"seen_version": request.version})


def facts(request: ClosureRequest) -> list[tuple[str, Any]]:
    """Return what is known about the face check; nothing where none is due."""
    if not request.face_due:
        return []
    agreed = _("The customer agreed to a comparison.")
    declined = _("The customer did not agree: look at the documents.")
    told: list[tuple[str, Any]] = [(_("Face check"), agreed if request.face_consent else declined)]
    if request.face_outcome:
        told.append((_("Outcome"), FaceOutcome(request.face_outcome).label))
        told.append((_("Recorded by"), actor_words(f"staff:{request.face_recorded_by}")))
    else:
        told.append((_("Outcome"), _("Not recorded yet. Approving needs it.")))
    return told
