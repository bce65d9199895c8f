"""Ana sends photos for a case; what is kept of them is looked at."""

from datetime import datetime
from functools import cache
from pathlib import Path

from django.conf import settings

from accounts import cases, clock
from accounts.actors import Actor
from accounts.enums import CaseKind
from accounts.models import Account, Case
from closure.enums import EvidenceKind
from closure.evidence import intake
from closure.evidence.enums import Subject
from closure.evidence.intake import TakenPhoto
from closure.models import Evidence
from closure.operations import evidence
from tests.closure.evidence.drawing import encoded, picture
from tests.factories import make_staff


def open_case(account: Account, *, now: datetime) -> Case:
    """Open a case about an account, by Sam."""
    sam = Account.objects.filter(email="sam@staff.example.test").first() or make_staff("sam")
    return cases.open_case(account.pk, CaseKind.REACTIVATION, actor=Actor.staff(sam), note="", now=now)


def resolve(case: Case, *, now: datetime) -> Case:
    """Decide a case, by Sam."""
    sam = Account.objects.get(email="sam@staff.example.test")
    return cases.resolve_case(case.pk, actor=Actor.staff(sam), note="", now=now)


@cache
def photo(seed: int = 1) -> TakenPhoto:
    """Return a photo that was really taken in, once."""
    return intake.take_in(encoded(picture(seed, (960, 720))), Subject.DOCUMENT, now=clock.now())


def kept(case: Case, *, seed: int = 1, kind: EvidenceKind = EvidenceKind.DOCUMENT_FRONT, now: datetime) -> Evidence:
    """Keep a photo of a case, for its owner."""
    assert case.account_id is not None
    return evidence.keep(case.pk, kind, photo(seed), actor=Actor.status_session(case.account_id), now=now)


def folder() -> Path:
    """Return where the files lie."""
    here: Path = settings.VAR_DIR / "evidence"
    here.mkdir(exist_ok=True)
    return here


def stored() -> set[str]:
    """Return the names of all files that lie there."""
    return {path.name for path in folder().iterdir()}
