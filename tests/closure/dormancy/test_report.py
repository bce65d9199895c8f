"""What staff see of unclaimed property: whose date was announced, whether it has come, and who stays on it."""

from datetime import datetime

import pytest

from accounts.enums import AccountStatus
from accounts.models import DormancyNotice
from accounts.status import change_status
from closure.dormancy import report
from tests.closure.dormancy.sleepers import DAY, asleep, swept
from tests.closure.scenes import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.row("H03")]
S = AccountStatus


@pytest.mark.row("E06", "J07")
def test_who_was_told_and_then_disabled_stays_on_the_report_until_they_are_back(now: datetime) -> None:
    ana = asleep("ana", 3000, now=now, status=S.DORMANT, country="US", region="CA")
    swept(now=now)
    for status, listed in ((S.DISABLED, True), (S.ACTIVE, False)):
        ana.refresh_from_db()
        change_status(ana, status, actor=SYSTEM, reason="by_owner", now=now)
        assert list(report.due(now + 180 * DAY)) == (list(DormancyNotice.objects.all()) if listed else [])
    assert DormancyNotice.objects.count() == 0


def test_undelivered_notice_to_a_disabled_account_is_work_where_its_date_still_comes(now: datetime) -> None:
    ana = asleep("ana", 3000, now=now, status=S.DORMANT, country="US", region="CA", email=None)
    ben = asleep("ben", 3000, now=now, email=None)
    for _twice in range(2):
        swept(now=now)
    DormancyNotice.objects.update(channel="")
    assert {row.account_id for row in report.unreached()} == {ana.pk, ben.pk}
    for each in (ana, ben):
        each.refresh_from_db()
        change_status(each, S.DISABLED, actor=SYSTEM, reason="by_owner", now=now)
    assert {row.account_id for row in report.unreached()} == {ana.pk}
