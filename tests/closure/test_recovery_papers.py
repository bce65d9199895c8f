"""The photos of a recovery: which are asked for, who looked at all, and until when they may change (J04, L07)."""

from datetime import datetime

import pytest

from accounts.actors import Actor
from accounts.enums import Role
from accounts.recovering import deciding, papers
from accounts.recovering.lifecycle import RecoveryRefused
from closure.enums import EvidenceKind
from closure.models import Evidence
from closure.operations import evidence
from closure.recovery_papers import Photos
from closure.views.recovery_steps import still_open
from tests.closure.evidencing import photo
from tests.factories import make_account
from tests.holding import place
from tests.recovering import begun, look, staff, submitted, with_photos

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_photos_left"),
    pytest.mark.row("J04"),
]


@pytest.mark.row("L07")
def test_photo_that_was_lost_since_is_missing_and_nobody_has_seen_all(now: datetime) -> None:
    row, sam = submitted(make_account("ana"), now=now), staff(Role.AGENT)
    assert papers.are_seen(row.case, sam) is False
    look(row, sam, now=now)
    assert (papers.missing(row.case), papers.are_seen(row.case, sam)) == ([], True)
    Evidence.objects.filter(case=row.case, kind="note").delete()
    assert (papers.missing(row.case), papers.are_seen(row.case, sam)) == (["note"], False)


def test_photos_of_what_was_sent_to_staff_meanwhile_stay_as_they_are(now: datetime) -> None:
    row = with_photos(begun(make_account("ana"), now=now), now=now)
    photos, beside, me = list(Evidence.objects.order_by("pk")), still_open(row), Actor.status_session(row.account_id)
    deciding.submit(row.pk, actor=me, now=now)
    with pytest.raises(RecoveryRefused):
        evidence.take_away(photos[0].pk, case_id=row.case_id, actor=me, now=now, beside=beside)
    with pytest.raises(RecoveryRefused):
        evidence.keep(row.case_id, EvidenceKind.NOTE, photo(), actor=me, now=now, beside=beside)
    assert list(Evidence.objects.order_by("pk")) == photos


@pytest.mark.row("H05")
@pytest.mark.parametrize("is_held", [True, False])
def test_photo_that_was_taken_away_is_missing_with_a_hold_and_without(now: datetime, is_held: bool) -> None:
    row = with_photos(begun(make_account("ana"), now=now), now=now)
    if is_held:
        place(row.account_id, now=now)
    note = Evidence.objects.get(kind=EvidenceKind.NOTE)
    me, beside = Actor.status_session(row.account_id), still_open(row)
    evidence.take_away(note.pk, case_id=row.case_id, actor=me, now=now, beside=beside)
    assert (Photos().missing(row.case), Evidence.objects.filter(pk=note.pk).exists()) == (["note"], is_held)
