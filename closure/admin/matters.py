"""What a matter looks like on the page of its case: what is claimed, what was sent, who has looked at it (L04, L07)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import case_reading, regions
from accounts.actors import Actor
from accounts.admin.forms import ReasonForm
from accounts.enums import MatterKind
from accounts.matters import home_of
from accounts.models import Case, Matter
from closure import matter_rules, matter_words
from closure.evidence.enums import Outcome
from closure.evidence.verdicts import Verdict
from closure.models import Evidence
from closure.operations import matter_deciding as deciding
from closure.operations.matter_deciding import Seen
from closure.operations.matters import BY_PHOTOS


class AcceptForm(ReasonForm):
    """Why it is proof, and what was on the page when that was decided; the page names the newest itself."""

    prefix_of_ids: ClassVar[str] = "accept"
    seen_home = forms.CharField(required=False, widget=forms.HiddenInput)
    seen_message = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None) -> None:
        # Other forms of the page ask for a reason too.
        super().__init__(data, auto_id=f"{self.prefix_of_ids}_%s")


class BrokenForm(AcceptForm):
    """Which rules of its kind it breaks, in words that the owner reads, and why."""

    kind: ClassVar[MatterKind]
    broken = forms.MultipleChoiceField(
        label=gettext_lazy("What the customer is told"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one rule.")},
    )
    field_order = ("broken", "reason")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["broken"].choices = matter_rules.choices(self.kind)  # type: ignore[attr-defined]  # it is a choice


def broken_form(prefix: str, kind: MatterKind) -> type[BrokenForm]:
    """Return the form of a kind of matter; `prefix` keeps the ids of its fields apart from the others'."""
    return type("BrokenFormOfKind", (BrokenForm,), {"kind": kind, "prefix_of_ids": prefix})


def seen_in(given: Mapping[str, Any]) -> Seen:
    """Return what was on the page that a form came from."""
    return Seen(home=given["seen_home"], message=given["seen_message"])


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A photo of the case; `broken` is how many rules it breaks."""

    row: Evidence
    broken: int
    is_seen: bool


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A matter, with whether this person may accept it, and what follows then."""

    matter: Matter
    title: str
    home: str
    seen: Seen
    photos: list[Photo]
    may_decide: bool
    is_read: bool
    needs_photos: bool
    broken: list[str]
    consequence: str

    @property
    def is_seen(self) -> bool:
        """Whether this person has looked at all that has to be looked at."""
        sent = [photo for photo in self.photos if photo.row.taken_away_at is None]
        return all(photo.is_seen for photo in sent) and (bool(sent) or not self.needs_photos)


def of(case: Case, actor: Actor) -> Shown | None:
    """Return the matter that a case is about, as this person sees it; None where it is about none."""
    matter = Matter.objects.filter(case=case).select_related("case").first()
    if matter is None:
        return None
    unseen = {row.pk for row in deciding.unseen(matter, actor)}
    rows = Evidence.objects.filter(case=case).order_by("id")
    return Shown(
        matter=matter,
        title=str(MatterKind(matter.kind).label),
        home=_home(matter),
        seen=deciding.seen_now(matter),
        photos=[Photo(row=row, broken=_broken(row), is_seen=row.pk not in unseen) for row in rows],
        may_decide=deciding.may_decide(matter, actor),
        is_read=case_reading.is_read(case, actor),
        broken=[str(rule.label) for rule in matter_rules.read(MatterKind(matter.kind), matter.broken)],
        needs_photos=matter.kind in BY_PHOTOS,
        consequence=_consequence(MatterKind(matter.kind)),
    )


def _broken(row: Evidence) -> int:
    return sum(Verdict.read(each).outcome is Outcome.REFUSED for each in row.verdicts)


def _home(matter: Matter) -> str:
    found = regions.region_of(matter.country, matter.region)
    code = home_of(matter).code
    return f"{found.name} ({code})" if found else code


def _consequence(kind: MatterKind) -> str:
    said = {
        MatterKind.FRAUD_ALERT: _("The fraud alert ends now. The owner is told."),
        MatterKind.UNSUPPORTED_REGION: _(
            "The account gets the new region, the restriction ends, and the owner is told."
        ),
        MatterKind.FAILED_VERIFICATION: _("The identity is verified, and the restriction ends. The owner is told."),
        MatterKind.IDENTITY_REFRESH: _("The identity is verified again. The owner is told."),
    }
    return said.get(kind, str(matter_words.WORDS[kind].then))
