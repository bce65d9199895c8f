"""Settling what restricts an account with staff: words, where one lives now, photos; one page each (K02-K05, J05)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts import clock, matters, open_matters
from accounts.actors import Actor
from accounts.enums import MatterKind
from accounts.exceptions import PortalError
from accounts.matters import NothingWritten, NotServed
from accounts.models import Matter
from accounts.views.pages import FormPage, SignedIn
from closure import matter_words
from closure.evidence import telling
from closure.evidence import words as photo_words
from closure.evidence.enums import Outcome
from closure.evidence.verdicts import Verdict
from closure.exceptions import FileNotTaken, PhotoRefused
from closure.forms.matters import BeginForm, MovedForm, PhotoForm
from closure.models import Evidence
from closure.operations import evidence, matter_answers
from closure.operations import matters as operations
from closure.views.uploading import Uploading

M = MatterKind


class MatterView(Uploading, SignedIn, FormPage):
    """One matter: first what its owner says, then the photos, as long as it is open."""

    template_name = "closure/matter.html"
    kind: MatterKind
    matter: Matter | None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show how far it is."""
        return self.elsewhere() or self.show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take what was sent, or take a photo away."""
        gone = self.elsewhere()
        if gone is not None:
            return gone
        if "take_away" in request.POST:
            return self.take_away(request.POST["take_away"])
        return super().post(request, *args, **kwargs)

    def elsewhere(self) -> HttpResponse | None:
        """Find the matter; where nothing stands that it is about, lead to what does."""
        if self.kwargs["matter"] not in M:
            raise Http404
        self.kind = M(self.kwargs["matter"])
        if self.account.is_staff or not open_matters.stands(self.account, self.kind):
            return redirect("restricted")
        self.matter = open_matters.open_of(self.account.pk).get(self.kind)
        if self.kind is M.REVIEW and self.matter is None and operations.left(self.account):
            return redirect("restricted")
        return None

    @property
    def words(self) -> matter_words.Words:
        """What it says."""
        return matter_words.of(self.kind, self.account)

    def make_form(self, data: Any = None) -> Any:
        """Return the form of the step that it is at."""
        if self.matter is None:
            shape = MovedForm if self.kind is M.UNSUPPORTED_REGION else BeginForm
            return shape(data, words=self.words)
        return PhotoForm(data, None if data is None else self.request.FILES, words=self.words)

    def context(self) -> dict[str, Any]:
        """Return its words and what was sent."""
        photos = list(evidence.shown_to_owner(self.matter.case)) if self.matter else []
        return {
            "words": self.words,
            "matter": self.matter,
            "photos": [(row, _found(row)) for row in photos],
            "takes_photos": self.matter is not None and bool(self.words.photos),
            "asked": matter_answers.words_of(self.matter) if self.matter and self.is_waited_for(self.matter) else [],
            "refused": [] if self.matter else matter_answers.last_word(self.account.pk, self.kind),
            "needs_photo": self.kind in operations.BY_PHOTOS and not photos,
        }

    def is_waited_for(self, matter: Matter) -> bool:
        """Tell whether staff asked for more, which is not there yet."""
        return matter.asked_at is not None and self.kind not in operations.given([matter])

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """Render it; sending a photo all the same is offered where one was refused."""
        form = more.pop("form", None) or self.make_form()
        if isinstance(form, PhotoForm) and not more.pop("was_refused", False):
            form.hide_despite()
        return super().show(status=status, form=form, **more)

    def act(self, form: Any) -> HttpResponseBase:
        """Begin it, or keep a photo."""
        now, actor = clock.now(), Actor.customer(self.account)
        if isinstance(form, PhotoForm) and self.matter is not None:
            file = form.cleaned_data["photo"].read()
            despite = form.cleaned_data["despite"]
            sent = operations.send_photo(self.matter, form.kind, file, despite=despite, actor=actor, now=now)
            unchecked = telling.unchecked(evidence.SUBJECTS[form.kind], map(Verdict.read, sent.verdicts))
            messages.success(self.request, f"{_('We have your photo. A person looks at it.')} {unchecked}".strip())
        elif self.kind is M.REVIEW:
            operations.ask_review(self.account, form.text_given, actor=actor, now=now)
        else:
            matters.begin(self.account.pk, self.kind, form.text_given, actor=actor, home=form.home, now=now)
        return redirect("restricted-matter", self.kind.value)

    def refuse(self, form: BaseForm, error: PortalError, field: str | None = None) -> HttpResponse:
        """Say what is wrong beside the field that it is about."""
        if isinstance(error, PhotoRefused):
            for verdict in error.verdicts:
                if verdict.outcome is Outcome.REFUSED:
                    form.add_error("photo", photo_words.rule(verdict))
            return self.show(status=422, form=form, was_refused=True)
        fields = {FileNotTaken: "photo", NotServed: "country", NothingWritten: "text"}
        return super().refuse(form, error, field or fields.get(type(error)))

    def take_away(self, key: str) -> HttpResponseBase:
        """Destroy a photo of this matter, so that another can be sent."""
        if self.matter is None:
            return redirect("restricted-matter", self.kind.value)
        actor, now = Actor.customer(self.account), clock.now()
        try:
            evidence.take_away(UUID(key), case_id=self.matter.case_id, actor=actor, now=now)
            messages.success(self.request, _("The photo is removed."))
        except ValueError:
            raise Http404 from None
        except PortalError as error:
            messages.error(self.request, error.message)
        return redirect("restricted-matter", self.kind.value)


def _found(row: Evidence) -> list[str]:
    """Return the rules that a photo breaks, in words."""
    return [photo_words.rule(each) for each in map(Verdict.read, row.verdicts) if each.outcome is Outcome.REFUSED]
