"""The pages that take photos: the note, and the document; each photo is checked before anybody waits (J08-J13, J18)."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.exceptions import PortalError, TooManyAttempts
from accounts.views.pages import UNPROCESSABLE
from closure.enums import EvidenceKind
from closure.evidence import telling
from closure.evidence.enums import Subject
from closure.evidence.verdicts import Verdict
from closure.exceptions import PhotoRefused, TransitionRefused
from closure.forms.reactivate import DocumentForm, PhotoForm
from closure.models import Evidence
from closure.operations import reactivate
from closure.operations.evidence import SUBJECTS
from closure.reactivation import documents
from closure.views.reactivate.pages import DOCUMENT, NOTE, StepPage, next_page
from closure.views.reactivate.sent_photos import SentPhoto, sent_photos
from closure.views.uploading import Uploading

K = EvidenceKind


class PhotoPage(Uploading, StepPage):
    """A form for each photo; one that breaks a rule comes back with the rule, and may be sent all the same."""

    subject: ClassVar[Subject]

    def kinds(self) -> Sequence[EvidenceKind]:
        """Return what is photographed on this page."""
        raise NotImplementedError

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """Show each photo's form with what was sent already; `bound` is the form that was refused."""
        bound = more.pop("bound", None)
        kept = sent_photos(self.row)
        boxes = [
            {
                "form": bound if bound is not None and bound.kind == kind.value else photo_form(kind),
                "sent": kept.get(kind),
            }
            for kind in self.kinds()
        ]
        # The error summary of the page is about the form that was refused.
        return super().show(status=status, **{"boxes": boxes, "form": bound, **self.more(kept), **more})

    def more(self, kept: dict[EvidenceKind, SentPhoto]) -> dict[str, Any]:
        """Return what else the page says."""
        is_whole = bool(self.kinds()) and all(kind in kept for kind in self.kinds())
        return {
            "next_url": reverse(next_page(self.row)) if is_whole else "",
            "promise": telling.promise(self.subject),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take one photo, or take one away."""
        gone = self.elsewhere()
        if gone is not None:
            return gone
        if "remove" in request.POST:
            return self.remove(request.POST["remove"])
        kind = next((kind for kind in self.kinds() if kind.value == request.POST.get("kind")), None)
        return redirect(self.step) if kind is None else self.take(kind)

    def take(self, kind: EvidenceKind) -> HttpResponseBase:
        """Check it and keep it, or show what is wrong with it."""
        form = photo_form(kind, self.request)
        if not form.is_valid():
            return self.show(status=UNPROCESSABLE, bound=form)
        despite = "despite" in self.request.POST
        try:
            sent = self.send(kind, form.cleaned_data["photo"].read(), despite=despite)
        except TooManyAttempts:
            raise
        except PhotoRefused as error:
            for rule in telling.rules(error.verdicts):
                form.add_error("photo", rule)
            unchecked = telling.unchecked(SUBJECTS[kind], error.verdicts)
            return self.show(status=UNPROCESSABLE, bound=form, may_despite=kind.value, unchecked=unchecked)
        except TransitionRefused as error:
            messages.error(self.request, error.message)
            return redirect(self.step)
        except PortalError as error:
            form.add_error("photo", error.message)
            return self.show(status=UNPROCESSABLE, bound=form)
        # What was not checked is nothing to praise: the words say that it is here, and no more.
        said = _("We have the photo. Our staff decide about it.") if despite else _("We have the photo.")
        unchecked = telling.unchecked(SUBJECTS[kind], map(Verdict.read, sent.verdicts))
        messages.success(self.request, f"{said} {unchecked}".strip())
        return self.go_on()

    def remove(self, key: str) -> HttpResponseBase:
        """Destroy a photo that nobody was shown yet."""
        try:
            reactivate.take_photo_away(self.row.pk, UUID(key), actor=self.visit.actor, now=clock.now())
            messages.success(self.request, _("The photo is gone."))
        except ValueError:
            raise Http404 from None
        except PortalError as error:
            messages.error(self.request, error.message)
        return redirect(self.step)

    def send(self, kind: EvidenceKind, file: bytes, *, despite: bool) -> Evidence:
        """Hand it over."""
        return reactivate.send_photo(self.row.pk, kind, file, despite=despite, actor=self.visit.actor, now=clock.now())

    def go_on(self) -> HttpResponseBase:
        """Go to the page where something is missing, or to the review."""
        return redirect(next_page(self.row))


def photo_form(kind: EvidenceKind, request: HttpRequest | None = None) -> PhotoForm:
    """Return the form of a photo."""
    labels = {
        K.NOTE: _("Photo of you with the note"),
        K.DOCUMENT_FRONT: _("Photo of the front of the document"),
        K.DOCUMENT_BACK: _("Photo of the back of the document"),
    }
    hint = _("Take it now, or choose a file: JPEG, PNG, WebP or HEIC, up to 15 MB.")
    data, files = (request.POST, request.FILES) if request is not None else (None, None)
    return PhotoForm(data, files, kind=kind.value, label=labels[kind], hint=hint)


class NoteView(PhotoPage):
    """What to write, how to hold it, what spoils it, and the photo."""

    template_name = "closure/reactivate/note.html"
    step = NOTE
    subject = Subject.PERSON

    def kinds(self) -> Sequence[EvidenceKind]:
        """Return the note."""
        return (K.NOTE,)


class DocumentView(PhotoPage):
    """Which document, the rule of each, and its sides."""

    template_name = "closure/reactivate/document.html"
    step = DOCUMENT
    subject = Subject.DOCUMENT

    def kinds(self) -> Sequence[EvidenceKind]:
        """Return the sides of the document that was chosen."""
        return documents.sides(self.row.document_type)

    def more(self, kept: dict[EvidenceKind, SentPhoto]) -> dict[str, Any]:
        """Add the choice, and the rule of what was chosen."""
        return {
            **super().more(kept),
            "choose": DocumentForm(chosen=self.row.document_type),
            "chosen": next((each for each in documents.ACCEPTED if each.type == self.row.document_type), None),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Choose, or take a photo."""
        if "choose" not in request.POST:
            return super().post(request, *args, **kwargs)
        gone = self.elsewhere()
        if gone is not None:
            return gone
        form = DocumentForm(request.POST)
        if not form.is_valid():
            return self.show(status=UNPROCESSABLE, form=form, choose=form)
        try:
            reactivate.choose_document(
                self.row.pk, form.cleaned_data["document"], actor=self.visit.actor, now=clock.now()
            )
        except PortalError as error:
            messages.error(request, error.message)
        return redirect(DOCUMENT)
