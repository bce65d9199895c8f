"""What a matter looks like on the page of its case: what is claimed, what was sent, who has looked at it (L04, L07)."""

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext as _

from accounts import regions
from accounts.actors import Actor
from accounts.admin.forms import ReasonForm
from accounts.enums import MatterKind
from accounts.matters import home_of
from accounts.models import Case, Matter
from closure import matter_words
from closure.evidence.enums import Outcome
from closure.evidence.verdicts import Verdict
from closure.models import Evidence
from closure.operations import matters as operations


class AcceptForm(ReasonForm):
    """Why it is proof, and which home was on the page when it was looked at; the page names the newest itself."""

    seen_home = forms.CharField(required=False, widget=forms.HiddenInput)


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
    home_code: str
    photos: list[Photo]
    may_accept: bool
    needs_photos: bool
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
    unseen = {row.pk for row in operations.unseen(matter, actor)}
    rows = Evidence.objects.filter(case=case).order_by("id")
    return Shown(
        matter=matter,
        title=str(MatterKind(matter.kind).label),
        home=_home(matter),
        home_code=home_of(matter).code,
        photos=[Photo(row=row, broken=_broken(row), is_seen=row.pk not in unseen) for row in rows],
        may_accept=operations.may_accept(matter, actor),
        needs_photos=matter.kind in operations.BY_PHOTOS,
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
