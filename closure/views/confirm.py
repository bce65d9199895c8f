"""The last step, and the page after it, which belongs to nobody any more."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from accounts import clock
from accounts.exceptions import PortalError, ProofRefused, TooManyAttempts, WrongPassword
from closure import queries, standing
from closure.enums import ClosureState, RequestChannel, Step
from closure.exceptions import BlockedBy, MissingAcknowledgements
from closure.facts import Submission
from closure.flags import BRAKE
from closure.forms.journey import ConfirmForm
from closure.models import ClosureRequest
from closure.operations.start import discard
from closure.operations.submit import submission, submit
from closure.operations.verify import current_verification
from closure.policy import loader
from closure.policy.schema import Policy
from closure.verification import asks_face, asks_password
from closure.views import words
from closure.views.pages import JourneyPage

SUBMITTED = "closure_submitted"
SALT = "closure.submitted"
SHOWN_FOR_SECONDS = 3600


class ConfirmView(JourneyPage):
    """All dates, what goes and what stays, then the red button (C09, C12, C13)."""

    template_name = "closure/confirm.html"
    form_class = ConfirmForm
    step = Step.CONFIRM

    def make_form(self, data: Any = None) -> ConfirmForm:
        """Return the password field and the choice about a face, where policy asks for them."""
        policy = self.policy
        return ConfirmForm(data, ask_password=asks_password(policy), ask_face=asks_face(policy, self.account))

    def context(self) -> dict[str, Any]:
        """Return what happens when."""
        policy, now = self.policy, clock.now()
        run = queries.latest_run(self.draft)
        # A choice that is not made yet counts as none, so that a person who looks is announced.
        expected = submission(self.draft, policy, run, now=now) if run else None
        return {
            "dates": dates(expected, policy) if expected else [],
            "closes_text": words.closes(now, expected.finalizes_after, expected.finalizes_before) if expected else "",
            "brake_text": words.brake(policy) if expected and BRAKE in expected.flags else "",
            "refusal_text": words.refusal(),
            "goes": words.goes(self.account.vip),
            "stays": words.stays(policy),
        }

    def take(self) -> HttpResponseBase:
        """Keep the account, or close it."""
        if "keep" in self.request.POST:
            discard(self.draft.pk, actor=self.actor, now=clock.now())
            messages.success(self.request, _("We stopped. Your account stays open, and nothing changed."))
            return redirect("security")
        return super().take()

    def act(self, form: ConfirmForm) -> HttpResponseBase:
        """Submit; what stands in the way leads to the page where it can be cleared."""
        verification = current_verification(self.draft)
        if verification is None:
            return self.verify_again(ProofRefused())
        try:
            done = submit(
                self.draft.pk,
                step_up_id=verification.pk,
                password=form.cleaned_data.get("password"),
                channel=RequestChannel.WEB,
                actor=self.actor,
                now=clock.now(),
                face_consent=form.face_consent,
            )
        except TooManyAttempts:
            raise
        except WrongPassword as error:
            return self.refuse(form, error, "password" if "password" in form.fields else None)
        except (BlockedBy, MissingAcknowledgements) as error:
            messages.error(self.request, error.message)
            return redirect("close-check")
        except ProofRefused as error:
            return self.verify_again(error)
        return leave(self.request, done)

    def verify_again(self, error: PortalError) -> HttpResponse:
        """The codes are late or used: give them again, the other steps are kept."""
        messages.error(self.request, error.message)
        return self.go_on()


def dates(expected: Submission, policy: Policy) -> list[dict[str, Any]]:
    """Return what would happen when, were the button pressed now."""
    rows = [
        {"name": _("Closes"), "at": expected.finalizes_after, "note": words.cancelling(policy)},
        {"name": _("At the latest"), "at": expected.finalizes_before, "note": ""},
    ]
    if expected.review_due:
        rows[0]["note"] = _("A person checks the request first.") + " " + str(rows[0]["note"])
    return rows


def leave(request: HttpRequest, done: ClosureRequest) -> HttpResponse:
    """End what is left of the session and carry reference and dates, signed, to the last page."""
    request.session.flush()
    request.session[SUBMITTED] = signing.dumps(
        {
            "reference": done.reference,
            "submitted_at": _iso(done.submitted_at),
            "finalizes_after": _iso(done.finalizes_after),
            "finalizes_before": _iso(done.finalizes_before),
            "in_review": done.state == ClosureState.IN_REVIEW,
            "cancelling": words.cancelling(loader.from_pinned(done.policy)),
        },
        salt=SALT,
    )
    return redirect("close-submitted")


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


class SubmittedView(View):
    """Reference and dates, to whoever has just submitted; nobody is signed in here (C11)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them, or say where they are."""
        try:
            kept = signing.loads(request.session.get(SUBMITTED, ""), salt=SALT, max_age=SHOWN_FOR_SECONDS)
        except signing.BadSignature:
            return render(request, "closure/submitted_gone.html", status=404)
        receipt = {
            **kept,
            **{
                name: datetime.fromisoformat(kept[name])
                for name in ("submitted_at", "finalizes_after", "finalizes_before")
            },
        }
        closes = words.closes(receipt["submitted_at"], receipt["finalizes_after"], receipt["finalizes_before"])
        said = {"receipt": receipt, "closes_text": closes, "cancel_text": kept["cancelling"]}
        found, now = queries.submitted(kept["reference"]), clock.now()
        if found is not None and standing.closes_at_once(found, now=now):
            # Without a wait it is soon over: the page says so when it is looked at again (C11).
            said |= {"heading": standing.heading(found, now=now), "is_over": found.state == ClosureState.CLOSED}
        return render(request, "closure/submitted.html", said)
