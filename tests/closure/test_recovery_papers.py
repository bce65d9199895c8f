"""The photos of a recovery: all that are asked for, and who looked at all of them (J04, L07)."""

from datetime import datetime

import pytest

from accounts.enums import Role
from accounts.recovering import papers
from closure.models import Evidence
from tests.factories import make_account
from tests.recovering import look, staff, submitted

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_photos_left"),
    pytest.mark.row("J04", "L07"),
]


def test_photo_that_was_lost_since_is_missing_and_nobody_has_seen_all(now: datetime) -> None:
    row, sam = submitted(make_account("ana"), now=now), staff(Role.AGENT)
    assert papers.are_seen(row.case, sam) is False
    look(row, sam, now=now)
    assert (papers.missing(row.case), papers.are_seen(row.case, sam)) == ([], True)
    Evidence.objects.filter(case=row.case, kind="note").delete()
    assert (papers.missing(row.case), papers.are_seen(row.case, sam)) == (["note"], False)
