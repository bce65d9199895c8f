"""What keeps an archive beyond its date opens and closes once, even where nothing is left to keep."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.ids import uuid7
from closure.retention.enums import ExtensionReason, MonthState
from closure.retention.extensions import close_extension, open_extension
from closure.retention.models import Extension, PurgeMonth
from tests.factories import make_account
from tests.holding import sealed_record

pytestmark = [pytest.mark.django_db, pytest.mark.row("F08")]
CLAIM = ExtensionReason.CLAIM


def test_extension_opens_once_and_closes_once(now: datetime) -> None:
    ana, claim = make_account("ana"), uuid7()
    open_extension(ana.pk, CLAIM, reference_id=claim, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        open_extension(ana.pk, CLAIM, reference_id=claim, now=now)
    kept = Extension.objects.get()
    assert (kept.account_id, kept.reason, kept.opened_at, kept.closed_at) == (ana.pk, "claim", now, None)
    for hours in (1, 2):
        close_extension(claim, now=now + timedelta(hours=hours))
    kept.refresh_from_db()
    assert kept.closed_at == now + timedelta(hours=1)


def test_closing_one_leaves_the_others(now: datetime) -> None:
    ana, claims = make_account("ana"), [uuid7(), uuid7()]
    for claim in claims:
        open_extension(ana.pk, CLAIM, reference_id=claim, now=now)
    close_extension(claims[0], now=now)
    assert Extension.objects.get(closed_at=None).reference_id == claims[1]


def test_matter_is_open_even_where_nothing_is_left(now: datetime) -> None:
    ana = make_account("ana")
    sealed_record(ana.pk, now=now)
    PurgeMonth.objects.update(state=MonthState.DESTROYED, destroyed_at=now)
    open_extension(ana.pk, CLAIM, reference_id=uuid7(), now=now)
    assert Extension.objects.filter(closed_at=None).count() == 1
