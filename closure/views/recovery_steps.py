"""The steps of a recovery: what was lost, the new contact's code, the photos, and sending it (J04, J18)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.enums import FactorKind, RecoveryRule, RecoveryState
from accounts.exceptions import BadIdentifier, PortalError, TooManyAttempts
from accounts.forms import CodeForm
from accounts.models import FactorRecovery
from accounts.recovering import beginning, contact, deciding, note
from accounts.views.pages import UNPROCESSABLE, FormPage, Page, Tried
from closure import recovery_papers
from closure.enums import EvidenceKind
from closure.evidence import telling
from closure.evidence.verdicts import Verdict
from closure.exceptions import PhotoRefused, UnknownEvidence
from closure.forms.recovery import LostForm, PhotoForm
from closure.operations import evidence
from closure.views.recovering import HOURS, InRecovery, standing
from closure.views.uploading import Uploading

PHOTOS = "recover-photos"


class LostView(InRecovery, FormPage):
    """What was lost, and what takes the place of a lost contact; the draft begins."""

    step = "recover-lost"
    template_name = "closure/recover/lost.html"

    def make_form(self, data: Any = None) -> LostForm:
        """Return the form with what can be lost."""
        return LostForm(data, losable=beginning.losable(self.visit))

    def context(self) -> dict[str, Any]:
        """Return whether there is anything to lose, and whether documents stand for the proof."""
        return {"losable": beginning.losable(self.visit), "hours": HOURS, "invited": self.visit.invited}

    def act(self, form: LostForm) -> HttpResponseBase:
        """Begin, and send a code to a new contact."""
        lost = [FactorKind(kind) for kind in form.cleaned_data["lost"]]
        new = form.cleaned_data.get("new_contact", "")
        try:
            row = beginning.begin(self.visit, lost, new_contact=new, text=form.cleaned_data["text"], now=self.now)
        except BadIdentifier as error:
            return self.refuse(form, error, "new_contact")
        if contact.is_missing(row):
            contact.send_code(row, now=self.now)
        return redirect("recover-open")


class NewContactView(InRecovery, FormPage):
    """The code that was sent to the new contact."""

    step = "recover-contact"
    template_name = "closure/recover/contact.html"
    form_class = CodeForm

    def context(self) -> dict[str, Any]:
        """Return where the code went."""
        return {**standing(self.recovery), "place": beginning.new_contact_of(self.recovery)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send another code, or read the form."""
        if "send" not in request.POST:
            return super().post(request, *args, **kwargs)
        try:
            contact.send_code(self.recovery, now=self.now)
            messages.success(request, _("We sent a new code."))
        except TooManyAttempts:
            raise
        except PortalError as error:
            messages.error(request, error.message)
        return redirect(self.step)

    def act(self, form: Any) -> HttpResponseBase:
        """Take the code."""
        code = form.cleaned_data["code"]
        try:
            contact.confirm(self.recovery, code, actor=self.visit.actor, now=self.now)
        except TooManyAttempts:
            raise
        except PortalError as error:
            return self.refuse(form, error, "code")
        return redirect("recover-open")


class PhotosView(InRecovery, Page):
    """Which photos are asked for and which are there; sending all of it to staff."""

    step = PHOTOS
    template_name = "closure/recover/photos.html"

    def context(self) -> dict[str, Any]:
        """Return each kind with what is there of it."""
        sent = list(evidence.shown_to_owner(self.recovery.case))
        tiles = [
            {
                "kind": kind,
                "label": kind.label,
                "optional": kind not in recovery_papers.ASKED,
                "sent": [row for row in sent if row.kind == kind],
            }
            for kind in recovery_papers.OFFERED
        ]
        return {
            **standing(self.recovery),
            "tiles": tiles,
            "rules": [RecoveryRule(rule).label for rule in self.recovery.broken],
            "asked_again": self.recovery.state == RecoveryState.NEEDS_MORE,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take a photo away, or send all of it."""
        try:
            if "remove" in request.POST:
                self.remove(request.POST["remove"])
                return redirect(PHOTOS)
            deciding.submit(self.recovery.pk, actor=self.visit.actor, now=self.now)
        except PortalError as error:
            messages.error(request, error.message)
            return redirect(PHOTOS)
        messages.success(request, _("We have it. Two of our staff look at it."))
        return redirect("recover-open")

    def remove(self, key: str) -> None:
        """Destroy one of this recovery's photos; raises UnknownEvidence."""
        try:
            wanted = UUID(key)
        except ValueError:
            raise UnknownEvidence from None
        case_id, beside = self.recovery.case_id, still_open(self.recovery)
        evidence.take_away(wanted, case_id=case_id, actor=self.visit.actor, now=self.now, beside=beside)
        messages.success(self.request, _("The photo is gone. Choose another one."))


def still_open(recovery: FactorRecovery) -> evidence.Beside:
    """Return what is asked where a photo is written: whether the recovery is not with staff yet."""
    return lambda _account: recovery_papers.check_open(recovery.pk)


class PhotoView(Uploading, Tried, InRecovery, FormPage):
    """One photo: how it has to be, and what is wrong with the one that was chosen, at once."""

    step = PHOTOS
    forgives = True
    template_name = "closure/recover/photo.html"

    @property
    def kind(self) -> EvidenceKind:
        """What it shows."""
        return EvidenceKind(self.kwargs["kind"])

    def make_form(self, data: Any = None) -> PhotoForm:
        """Return the form with its file."""
        files = None if data is None else self.request.FILES
        return PhotoForm(data, files, kind=self.kind, offer_despite=data is not None)

    def context(self) -> dict[str, Any]:
        """Return how the photo has to be."""
        return {
            "kind": self.kind,
            "label": self.kind.label,
            "note": note.text(self.recovery),
            "promise": telling.promise(evidence.SUBJECTS[self.kind]),
        }

    def act(self, form: Any) -> HttpResponseBase:
        """Take the photo in."""
        file, despite = form.cleaned_data["photo"].read(), form.cleaned_data.get("despite", False)
        case_id, actor, beside = self.recovery.case_id, self.visit.actor, still_open(self.recovery)
        try:
            sent = evidence.send(case_id, self.kind, file, despite=despite, actor=actor, now=self.now, beside=beside)
        except PhotoRefused as error:
            # One text: a field has one place for what is wrong.
            form.add_error("photo", " ".join(telling.rules(error.verdicts)))
            return self.show(status=UNPROCESSABLE, form=form)
        except TooManyAttempts:
            raise
        except PortalError as error:
            return self.refuse(form, error, "photo")
        unchecked = telling.unchecked(evidence.SUBJECTS[self.kind], map(Verdict.read, sent.verdicts))
        messages.success(self.request, f"{_('We have the photo.')} {unchecked}".strip())
        return redirect(PHOTOS)
