"""What staying away comes to under each preset, and what is held after a reset (I03-I05, J03)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts import clock
from accounts.actors import Actor
from accounts.enums import AccountStatus
from accounts.exceptions import NotAllowed
from accounts.models import Account, TotpDevice
from closure.enums import Needs
from closure.permissions import check_remedy
from tests.closure.dormancy.sleepers import asleep, stands, swept
from tests.closure.policy.behavior.columns import by_preset
from tests.factories import make_account, totp_code
from tests.links import received, token_in

pytestmark = pytest.mark.django_db
S = AccountStatus
HALF_A_YEAR = {"binance": 180, "binance-cooling-off": 180, "binance-us": 180, "pionex": 180, "standard": 180}
SECOND = timedelta(seconds=1)
# Who has been away for two years at the end of the notice of 60 days.
Stands = tuple[str, dict[str, int]]
NEVER: Stands = (S.INACTIVE, {})
TWO_YEARS: Stands = (S.INACTIVE, {"dormancy": 60})


def refusal(account: Account, at: datetime) -> str:
    """Return the code with which the owner's withdrawal is refused at a time, empty when it is not."""
    try:
        check_remedy(Actor.customer(account), account, Needs.WITHDRAW, now=at)
    except NotAllowed as error:
        return error.code
    return ""


@pytest.mark.row("I03")
@by_preset("days", HALF_A_YEAR)
def test_inactive_after(now: datetime, settings: Any, preset: str, days: int) -> None:
    settings.PORTAL_POLICY = preset
    # A day counts when it is over.
    ana, ben = asleep("ana", days + 1, now=now), asleep("ben", days - 1, now=now)
    assert (swept(now=now), stands(ana)[0], stands(ben)[0]) == ({"inactive": 1}, S.INACTIVE, S.ACTIVE)


@pytest.mark.row("I04")
@by_preset(
    "then",
    {
        "binance": NEVER,
        "binance-cooling-off": NEVER,
        "binance-us": TWO_YEARS,
        "pionex": NEVER,
        "standard": TWO_YEARS,
    },
)
def test_dormant_after(now: datetime, settings: Any, preset: str, then: Stands) -> None:
    settings.PORTAL_POLICY = preset
    ana = asleep("ana", 2 * 366 - 60, now=now, status=S.INACTIVE)
    ben = asleep("ben", 2 * 365 - 62, now=now, status=S.INACTIVE)
    swept(now=now)
    assert (stands(ana), stands(ben)) == (then, NEVER)


@pytest.mark.row("H03", "I04")
@by_preset(
    "told",
    {
        "binance": {"NO": {}, "US-CA": {"unclaimed": 365}, "US-DE": {}},
        "binance-cooling-off": {"NO": {}, "US-CA": {"unclaimed": 365}, "US-DE": {}},
        "binance-us": {"NO": {"unclaimed": 365}, "US-CA": {"unclaimed": 365}, "US-DE": {}},
        "pionex": {"NO": {}, "US-CA": {"unclaimed": 365}, "US-DE": {}},
        "standard": {"NO": {}, "US-CA": {"unclaimed": 365}, "US-DE": {}},
    },
)
def test_unclaimed_property_is_told_by_the_law_of_the_place_or_the_preset(
    now: datetime, settings: Any, preset: str, told: dict[str, dict[str, int]]
) -> None:
    settings.PORTAL_POLICY = preset
    away = 3 * 366 - 365
    people = {
        place: asleep(place, away, now=now, status=S.DORMANT, country=place[:2], region=place[3:]) for place in told
    }
    swept(now=now)
    assert {place: stands(person)[1] for place, person in people.items()} == told


@pytest.mark.row("J03")
@pytest.mark.django_db(transaction=True)
@by_preset("hours", {"binance": 24, "binance-cooling-off": 24, "binance-us": 48, "pionex": 24, "standard": 48})
def test_withdrawals_are_held_after_a_reset(settings: Any, client: Client, preset: str, hours: int) -> None:
    settings.PORTAL_POLICY = preset
    ana, before = make_account("ana"), clock.now()
    client.post("/password-reset/", {"identifier": str(ana.email)})
    page = f"/password-reset/{token_in(received('password_reset'))}/"
    code = {str(TotpDevice.objects.get(user=ana).pk): totp_code(ana)}
    assert client.post(page, {"password": "Blue-7-lamp-over-water", **code})["Location"] == "/password-reset/done/"
    ana.refresh_from_db()
    held = timedelta(hours=hours)
    tried = [refusal(ana, at) for at in (before + held - SECOND, clock.now() + held)]
    assert tried == ["withdrawals_held", ""]
