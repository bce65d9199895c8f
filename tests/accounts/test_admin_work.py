"""The day's work: lists that lead with what waited longest, and counts that go no further than they have to."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.admin import work
from accounts.admin.block_decisions import WORK as BLOCK_WORK
from accounts.enums import RestrictionKind, Role
from accounts.models import BlockedIdentity, Restriction
from accounts.templatetags.portal_ui import capped
from tests.blocking import closed_with
from tests.console import console
from tests.factories import make_account, make_staff
from tests.holding import officer

pytestmark = pytest.mark.django_db
RESTRICTIONS, BLOCKS = "/staff/accounts/restriction/", "/staff/accounts/blockedidentity/"
HOUR = timedelta(hours=1)


def listed(path: str, query: str) -> list[Any]:
    """Return the keys that compliance sees, in their order."""
    answer: Any = console(make_staff("olga", Role.COMPLIANCE)).get(f"{path}?work={query}")
    return [row.pk for row in answer.context["cl"].result_list]


@pytest.mark.row("L06")
def test_lifts_that_waited_longest_come_first(now: datetime) -> None:
    made = [
        Restriction.objects.create(
            account=make_account(name),
            kind=RestrictionKind.RISK_CONTROL,
            placed_at=now,
            placed_by="system:tests",
            lift_proposed_at=now - HOUR * hours,
            lift_proposed_by=officer("omar").account_id,
        ).pk
        for name, hours in (("ana", 1), ("ben", 3), ("cid", 2))
    ]
    assert listed(RESTRICTIONS, "lift") == [made[1], made[2], made[0]]


@pytest.mark.row("L06")
@pytest.mark.parametrize("query", ["review", "release"])
def test_blocks_that_waited_longest_come_first(now: datetime, query: str) -> None:
    made = [closed_with(name, now=now) for name in ("ana", "ben", "cid")]
    omar = officer("omar").account_id
    for key, hours in zip(made, (1, 3, 2), strict=True):
        at = now - HOUR * hours
        forever = {"for_ever_at": at, "for_ever_by": omar, "review_due_at": at, "review_every": HOUR}
        proposed = {"release_proposed_at": at, "release_proposed_by": omar}
        BlockedIdentity.objects.filter(pk=key).update(**(forever if query == "review" else proposed))
    assert listed(BLOCKS, query) == [made[1], made[2], made[0]]


def test_counts_go_no_further_than_a_thousand(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    release = next(kind for kind in BLOCK_WORK if kind.code == "release")
    monkeypatch.setattr(work, "MOST_COUNTED", 2)
    counts = []
    for name in ("ana", "ben", "cid", "dan"):
        key = closed_with(name, now=now)
        BlockedIdentity.objects.filter(pk=key).update(
            release_proposed_at=now, release_proposed_by=officer("omar").account_id
        )
        counts.append(release.count(now))
    assert counts == [1, 2, 3, 3]
    assert [capped(count) for count in (0, 1000, 1001)] == ["0", "1000", "1,000+"]
