"""What the pages of a reactivation share: whose session it is, how far it has come, the step indicator."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts.views.pages import Page
from closure.enums import EvidenceKind, ReactivationState
from closure.models import Reactivation
from closure.operations.reactivate import CHANGING, missing
from closure.reactivation import guards, photos, rules, session
from closure.reactivation.session import ReactivationSession
from closure.views.pages import StepMark

GONE = 410
NOTE, DOCUMENT, REVIEW, SENT = "reactivate-note", "reactivate-document", "reactivate-review", "reactivate-sent"
STEPS: dict[str, str | Promise] = {
    NOTE: gettext_lazy("Note"),
    DOCUMENT: gettext_lazy("Document"),
    REVIEW: gettext_lazy("Review"),
    SENT: gettext_lazy("Decision"),
}
PAGE_OF = {
    EvidenceKind.NOTE: NOTE,
    EvidenceKind.DOCUMENT_FRONT: DOCUMENT,
    EvidenceKind.DOCUMENT_BACK: DOCUMENT,
    photos.DOCUMENT: DOCUMENT,
}


def gone(request: HttpRequest) -> HttpResponse:
    """One answer for every link that does not work, whatever is wrong with it."""
    return render(request, "closure/reactivate/gone.html", status=GONE)


def next_page(row: Reactivation) -> str:
    """Return the page where it goes on: what is missing first, then the review, then the waiting."""
    if row.state not in CHANGING:
        return SENT
    lacking = missing(row)
    return PAGE_OF[lacking[0]] if lacking else REVIEW


class InReactivation(View):
    """Only within a session of a reactivation that has shown more than its link; others ask for a link, or prove."""

    visit: ReactivationSession
    row: Reactivation

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find out whose it is."""
        found = session.current(request.session)
        if found is None:
            messages.info(request, _("The half hour is over, or you have not opened a link yet. Ask for a new link."))
            return redirect("reactivate")
        self.visit = found
        if not found.proven or found.reactivation is None:
            return redirect("reactivate-prove")
        self.row = found.reactivation
        return super().dispatch(request, *args, **kwargs)


class StepPage(InReactivation, Page):
    """One step; what is with staff, or over, is seen on the last page alone."""

    step: ClassVar[str]

    def elsewhere(self) -> HttpResponseBase | None:
        """Return a redirect where this page has nothing to do now."""
        return None if self.row.state in CHANGING else redirect(SENT)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it."""
        return self.elsewhere() or self.show()

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """Add what every step says."""
        return super().show(
            status=status,
            **{
                "reactivation": self.row,
                "steps": marks(self.row, self.step),
                "until": until(self.row),
                "asked_again": asked_again(self.row, self.kinds()),
                **more,
            },
        )

    def kinds(self) -> Sequence[EvidenceKind]:
        """Return what is photographed on this page."""
        return ()


def marks(row: Reactivation, step: str) -> list[StepMark]:
    """Return the step indicator."""
    changing = row.state in CHANGING
    lacking = {PAGE_OF[each] for each in missing(row)} if changing else set()
    done = {name: changing and name not in lacking and name in {NOTE, DOCUMENT} for name in STEPS}
    if not changing:
        done = {name: name != SENT for name in STEPS}
    return [
        StepMark(
            label=str(label),
            state="done" if done[name] else "open",
            current=name == step,
            url=reverse(name) if changing and done[name] and name != step else "",
        )
        for name, label in STEPS.items()
    ]


def until(row: Reactivation) -> datetime:
    """Return until when it can be gone on with: a draft 7 days from the last step, better photos 30 from asking."""
    if row.state == ReactivationState.NEEDS_MORE:
        return (row.asked_at or row.touched_at) + guards.MORE_OPEN
    return row.touched_at + guards.DRAFT_IDLE


def asked_again(row: Reactivation, kinds: Sequence[EvidenceKind]) -> list[str]:
    """Return in words what staff asked to be better, of the photos of one page; what they wrote comes last."""
    if row.state != ReactivationState.NEEDS_MORE:
        return []
    said = [rules.words(rule) for rule in rules.read(row.broken) if not kinds or rules.about(rule) & set(kinds)]
    return [*said, *([row.asked] if row.asked else [])]
