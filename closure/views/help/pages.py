"""Pages of the help: every question, a search that needs no script, one answer, and whether it helped (M03, M06)."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import client, clock, tallies
from accounts.tallies import Limit
from accounts.views.pages import Page, customer_of
from closure import help_counts, status_session
from closure.policy import loader
from closure.views.help import afterwards, leaving, trouble
from closure.views.help.answer import About
from closure.views.help.search import BY_SLUG, MAX_QUERY, search

PRESSES = Limit(name="help_feedback", most=30, within=timedelta(hours=1))
HELPED = {"yes": True, "no": False}
TOPICS = (
    (gettext_lazy("When something does not work"), trouble.ANSWERS),
    (gettext_lazy("Closing your account"), leaving.ANSWERS),
    (gettext_lazy("What stays, and coming back"), afterwards.ANSWERS),
)


class HelpView(Page):
    """Every question by topic, or what a search finds."""

    template_name = "closure/help/list.html"

    def context(self) -> dict[str, Any]:
        """Return what was asked for and what there is."""
        asked = self.request.GET.get("q", "").strip()[:MAX_QUERY]
        found = search(asked, about(self.request)) if asked else []
        return {"asked": asked, "found": found, "topics": TOPICS, "most": MAX_QUERY}


class AnswerView(Page):
    """One question, answered by the policy; the reader's own dates where this browser shows whose they are."""

    template_name = "closure/help/answer.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find the question."""
        if kwargs["slug"] not in BY_SLUG:
            raise Http404
        self.answer = BY_SLUG[kwargs["slug"]]
        return super().dispatch(request, *args, **kwargs)

    def context(self) -> dict[str, Any]:
        """Return the answer in words."""
        who = about(self.request)
        return {"answer": self.answer, "says": self.answer.says(who), "own": self.answer.own(who)}

    def post(self, request: HttpRequest, slug: str) -> HttpResponseBase:
        """Count whether it helped."""
        helped = HELPED.get(request.POST.get("helped", ""))
        if helped is None:
            return HttpResponseBadRequest()
        tallies.spend([client.use(request, PRESSES)], now=clock.now())
        help_counts.count(slug, helped=helped)
        if helped:
            messages.success(request, _("Thank you. We are glad that it helped."))
        else:
            messages.info(request, _("Thank you for telling us. Search again, or write to us."))
        return redirect("help-answer", slug)


def about(request: HttpRequest) -> About:
    """Return what answers may know of this browser: the request of a status session, or who is signed in."""
    now = clock.now()
    visit = status_session.current(request.session)
    if visit is None:
        return About(policy=loader.current(), now=now, account=customer_of(request))
    return About(policy=loader.from_pinned(visit.request.policy), now=now, request=visit.request)
