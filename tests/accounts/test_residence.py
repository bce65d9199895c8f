"""Where an owner lives is written once, and the date that the law of the place before had set is forgotten."""

from datetime import datetime

import pytest

from accounts import residence
from accounts.models import Account, DormancyNotice
from tests.factories import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.row("H03", "K03")]


def announced(account: Account, *, now: datetime) -> None:
    for matter in ("dormancy", "unclaimed"):
        DormancyNotice.objects.create(
            account=account, matter=matter, on=now.date(), days_before=60, first_sent_at=now, sent_at=now
        )


def matters(account: Account) -> list[str]:
    return sorted(DormancyNotice.objects.filter(account=account).values_list("matter", flat=True))


@pytest.mark.parametrize(
    ("country", "region", "changed", "left"),
    [
        ("US", "CA", [], ["dormancy", "unclaimed"]),
        ("US", "DE", ["region"], ["dormancy"]),
        ("DE", "", ["country", "region"], ["dormancy"]),
    ],
)
def test_new_home_is_written_and_forgets_the_date_of_the_law_of_the_old_one(
    country: str, region: str, changed: list[str], left: list[str], now: datetime
) -> None:
    ana, ben = make_account("ana"), make_account("ben")
    for each in (ana, ben):
        announced(each, now=now)
    assert residence.move(ana, country=country, region=region) == changed
    ana.refresh_from_db()
    assert ((ana.country, ana.region), matters(ana)) == ((country, region), left)
    assert matters(ben) == ["dormancy", "unclaimed"]
