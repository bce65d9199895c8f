"""News of the core are kept once, for living accounts, with the facts that are shown and no others (I07)."""

from datetime import datetime, timedelta

import pytest

from accounts.models import Account
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.telling import tell
from closure.models import CoreNews
from closure.operations.core_events import pull
from closure.welcome import news
from tests.factories import make_account

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("I07")]
DAY = timedelta(days=1)


def test_news_are_kept_once_and_shown_since_a_day(ledger: LedgerGateway, now: datetime) -> None:
    ana, ben, cal = (make_account(name) for name in ("ana", "ben", "cal"))
    Account.objects.filter(pk=cal.pk).update(status="closed")
    for days, owner in ((9, ana), (2, ana), (1, ben), (1, cal)):
        facts = {"asset": "OLD", "into": "x" * 99, "amount": "1", "secret": "no"}
        tell(owner.pk, "migrated", facts, now=now - days * DAY)
    tell(ana.pk, "rumor", {}, now=now)
    pull(now)
    news.keep(ledger.events_since("", limit=10))
    assert CoreNews.objects.count() == 3
    [shown] = news.since(ana.pk, now - 3 * DAY)
    assert (shown.kind, shown.facts) == ("migrated", {"asset": "OLD", "into": "x" * 64, "amount": "1"})


@pytest.mark.row("I03")
def test_what_the_core_tells_of_its_owner_is_activity(now: datetime) -> None:
    ana = make_account("ana", last_active_at=now - 300 * DAY, status="inactive")
    tell(ana.pk, "trade", {}, now=now - DAY)
    pull(now)
    ana.refresh_from_db()
    assert (ana.status, ana.last_active_at, CoreNews.objects.count()) == ("active", now - DAY, 0)
