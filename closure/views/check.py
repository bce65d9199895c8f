"""The account check as a page: blockers as cards, warnings to acknowledge, what is clear folded away."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import clock
from closure import notes, queries
from closure.enums import Area, RemedyCode, Step, Verdict
from closure.forms.journey import WarningsForm
from closure.operations import give_up
from closure.operations.acknowledge import acknowledge
from closure.operations.check import run_check
from closure.preflight import remedies
from closure.preflight.verdict import Check, Finding, Found, from_dict
from closure.views.pages import JourneyPage

NAMED = 3


@dataclass(frozen=True)
class FoundItem:
    """One holding in words; `until` is when it comes free."""

    text: str
    worth: str
    until: datetime | None


@dataclass(frozen=True)
class Link:
    """A page to go on to, by its verb."""

    url: str
    text: str


def link(code: str) -> Link:
    """Return the link to the page of a remedy."""
    return Link(url=reverse("close-remedy", args=[code]), text=str(remedies.find(code).verb))


@dataclass(frozen=True)
class FindingCard:
    """A finding as a card: title, tag, found, why, how, date or condition (acceptance 13)."""

    finding: Finding

    @property
    def title(self) -> str:
        """The area, as people know it."""
        return str(Area(self.finding.area).label)

    @property
    def found(self) -> list[FoundItem]:
        """What was found."""
        return [found_item(item) for item in self.finding.found]

    @property
    def why(self) -> str:
        """Why it stops closing."""
        return self.finding.why

    @property
    def how(self) -> str:
        """How to clear it."""
        return self.finding.how

    @property
    def condition(self) -> str:
        """What must be so."""
        return self.finding.condition

    @property
    def clears_at(self) -> datetime | None:
        """Earliest time it can clear."""
        return self.finding.clears_at

    @property
    def remedy(self) -> Link | None:
        """The page that clears it."""
        return None if self.finding.remedy is None else link(self.finding.remedy)

    @property
    def waits_until(self) -> datetime | None:
        """Set when there is nothing to do but wait for a date."""
        return self.finding.clears_at if self.waits else None

    @property
    def waits(self) -> bool:
        """Whether it is known, and the customer can do nothing about it now."""
        return self.finding.verdict is Verdict.BLOCKED and not self.finding.actionable

    @property
    def tone(self) -> str:
        """Red only where action is needed now."""
        if self.finding.verdict is Verdict.WARNING or self.waits:
            return "warn"
        return "danger"

    @property
    def word(self) -> str:
        """Word of the tag."""
        words = {Verdict.UNKNOWN: _("Not checked"), Verdict.WARNING: _("Please read")}
        return words.get(self.finding.verdict, _("Wait") if self.waits else _("Fix now"))


def found_item(item: Found) -> FoundItem:
    """Return one holding in words."""
    worth = f"{item.value_usdt} USDT" if item.value_usdt is not None else ""
    return FoundItem(text=f"{item.amount} {item.asset}".strip(), worth=worth, until=item.until)


class CheckView(JourneyPage):
    """What stops the account from closing, and what it costs to go on (A01, A20, B08)."""

    template_name = "closure/check.html"
    form_class = WarningsForm
    step = Step.CHECK
    check: Check | None
    is_stale: bool

    def elsewhere(self) -> HttpResponse | None:
        """Find the latest check of this request."""
        gone = super().elsewhere()
        if gone is None:
            run = queries.latest_run(self.draft)
            self.check = from_dict(run.result) if run else None
            self.is_stale = run is not None and not notes.is_fresh(run, clock.now())
        return gone

    def make_form(self, data: Any = None) -> WarningsForm:
        """Return a tick for each warning."""
        warnings = self.check.warnings if self.check else ()
        return WarningsForm(
            data,
            warnings=[(finding.code, _label(finding)) for finding in warnings],
            ticked=set(self.draft.acknowledged),
        )

    def context(self) -> dict[str, Any]:
        """Return the check sorted for reading."""
        if self.check is None:
            return {"heading": _("Check your account"), "check": None}
        areas = [(str(Area(result.area).label), result.verdict) for result in self.check.areas]
        clear = [name for name, verdict in areas if verdict is Verdict.CLEAR]
        said = {finding.area for finding in self.check.blockers}
        return {
            "heading": heading(self.check),
            "check": self.check,
            "is_stale": self.is_stale,
            "counted": _("%(all)d areas, %(clear)d clear.") % {"all": len(areas), "clear": len(clear)},
            "blockers": [FindingCard(finding) for finding in self.check.blockers],
            "warnings": [FindingCard(finding) for finding in self.check.warnings],
            "clear_areas": clear,
            "unknown_areas": [
                str(Area(result.area).label)
                for result in self.check.areas
                if result.verdict is Verdict.UNKNOWN and result.area not in said
            ],
            "may_go_on": self.check.may_submit,
            "fix": _fixable(self.check),
            "giving_up": give_up.standing_of(self.account),
        }

    def take(self) -> HttpResponseBase:
        """Check again, or go on."""
        if "again" in self.request.POST:
            run_check(self.draft.pk, actor=self.actor, now=clock.now())
            return redirect("close-check")
        return super().take()

    def act(self, form: WarningsForm) -> HttpResponseBase:
        """Acknowledge each warning and go on; a check that has aged runs again, and what it finds anew is shown."""
        now = clock.now()
        standing = set(form.codes)
        if self.is_stale:
            again = run_check(self.draft.pk, actor=self.actor, now=now)
            standing &= set(notes.warning_codes(again.result))
        acknowledge(self.draft.pk, sorted(standing), actor=self.actor, now=now)
        return self.go_on()


def heading(check: Check) -> str:
    """The verdict in one line; a check with gaps is never called clear (A19)."""
    blockers = len(check.blockers)
    if blockers:
        return ngettext(
            "%(n)d thing stops you closing your account", "%(n)d things stop you closing your account", blockers
        ) % {"n": blockers}
    if check.verdict is Verdict.UNKNOWN:
        return _("We could not check everything")
    return _("Nothing stops you closing your account")


def _fixable(check: Check) -> Link | None:
    """Return the way to do at once what is safe, where two things or more can be done so."""
    offered = {finding.remedy for finding in (*check.blockers, *check.warnings)} & remedies.SAFE
    return link(RemedyCode.FIX) if len(offered) > 1 else None


def _label(finding: Finding) -> str:
    """Return the words beside a tick: they say what is accepted, so that two ticks of one area differ."""
    items = ", ".join(f"{item.amount} {item.asset}".strip() for item in finding.found[:NAMED])
    more = ", …" if len(finding.found) > NAMED else ""
    what = f"{Area(finding.area).label} ({items}{more})" if items else Area(finding.area).label
    return _("%(what)s: I have read this and accept it.") % {"what": what}
