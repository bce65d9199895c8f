"""Unclaimed property is handled by compliance, once, for a reason in the journal; nothing moves by it (H03, I01)."""

from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.enums import AccountStatus, Role
from accounts.exceptions import NotAllowed, ReasonRequired, SecondPersonRequired
from accounts.models import DormancyNotice, Event, Note
from closure.dormancy import report
from closure.dormancy.handling import NotDue, can_handle, handle
from closure.retention.models import LegalHold
from tests.closure.dormancy.sleepers import DAY, asleep, stands, swept
from tests.closure.scenes import staff

pytestmark = [pytest.mark.django_db, pytest.mark.row("H03", "I01")]
WHY = "Reported to the Controller, form UFS-1."
LATER = 200 * DAY
OLGA = staff(Role.COMPLIANCE)


def announced(name: str = "ana", *, now: datetime, **fields: Any) -> DormancyNotice:
    """Return the announced date of a dormant customer in California, half a year away."""
    asleep(name, 3000, now=now, **{"status": "dormant", "country": "US", "region": "CA", **fields})
    swept(now=now)
    return DormancyNotice.objects.get(matter="unclaimed", account__email=f"{name}@example.test")


def test_compliance_says_what_was_done_and_it_is_work_no_more(now: datetime) -> None:
    notice, at = announced(now=now), now + LATER
    assert (list(report.due(at)), can_handle(notice, OLGA, now=at)) == ([notice], True)
    handle(notice.pk, reason=f" {WHY} ", actor=OLGA, now=at)
    notice.refresh_from_db()
    assert (notice.handled_at, notice.handled_by) == (at, OLGA.account_id)
    assert (list(report.due(at)), list(report.rows()), can_handle(notice, OLGA, now=at)) == ([], [notice], False)
    assert [(each.due, each.handled_at) for each in report.unclaimed(now=at)] == [(False, at)]
    DormancyNotice.objects.update(channel="")
    assert list(report.unreached()) == []
    event = Event.objects.get(action="unclaimed.handled")
    assert b'"place":"US-CA"' in bytes(event.body)
    assert Note.objects.get(event_id=event.pk).text == WHY
    assert stands(notice.account) == ("dormant", {"unclaimed": 365})
    with pytest.raises(NotDue):
        handle(notice.pk, reason=WHY, actor=OLGA, now=at)


def test_only_compliance_with_a_reason_and_never_of_the_own_account(now: datetime) -> None:
    notice, at = announced(now=now), now + LATER
    for role in set(Role) - {Role.COMPLIANCE}:
        assert can_handle(notice, staff(role), now=at) is False
        with pytest.raises(NotAllowed):
            handle(notice.pk, reason=WHY, actor=staff(role), now=at)
    with pytest.raises(ReasonRequired):
        handle(notice.pk, reason=" ", actor=OLGA, now=at)
    herself = Actor(kind=OLGA.kind, account_id=notice.account_id, roles=OLGA.roles)
    assert can_handle(notice, herself, now=at) is False
    with pytest.raises(SecondPersonRequired):
        handle(notice.pk, reason=WHY, actor=herself, now=at)
    assert DormancyNotice.objects.filter(handled_at=None).count() == 1


def test_what_is_not_due_is_not_handled(now: datetime) -> None:
    ben = asleep("ben", 3000, now=now, status="inactive")
    asleep("cal", 3000, now=now, status="dormant", country="US", region="CA")
    early = announced(now=now)
    other = DormancyNotice.objects.get(account=ben)
    held = DormancyNotice.objects.exclude(pk__in=[early.pk, other.pk]).get()
    LegalHold.objects.create(
        account_id=held.account_id, case_number="1", basis="x", placed_at=now, placed_by=early.pk, review_on=now.date()
    )
    for notice, at in ((early, now), (other, now + LATER), (held, now + LATER)):
        with pytest.raises(NotDue):
            handle(notice.pk, reason=WHY, actor=OLGA, now=at)
    with pytest.raises(NotDue):
        handle(early.account_id, reason=WHY, actor=OLGA, now=now)


def test_disabled_account_is_handled_as_others_are(now: datetime) -> None:
    notice = announced(now=now, status=AccountStatus.DISABLED)
    assert handle(notice.pk, reason=WHY, actor=OLGA, now=now + LATER).handled_at == now + LATER


def test_database_keeps_who_handled_what(now: datetime) -> None:
    notice = announced(now=now)
    person = OLGA.account_id
    for wrong in (
        {"handled_at": now},
        {"handled_by": person},
        {"handled_at": now, "handled_by": notice.account_id},
        {"handled_at": now, "handled_by": person, "matter": "dormancy"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            DormancyNotice.objects.filter(pk=notice.pk).update(**wrong)
