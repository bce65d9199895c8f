"""The demo's people are what the list at its start says of them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.enums import AccountStatus, Role
from accounts.identifiers import find_account
from accounts.models import Account, OutboxMessage
from closure import exchange
from closure.enums import Area, ClosureState, Moment
from closure.models import ClosureRequest, CoreNews
from closure.policy import loader
from closure.policy.schema import ApiKeys
from closure.preflight import runner
from closure.preflight.verdict import Check
from portal.demo import codes, personas
from portal.demo.seed import seed

pytestmark = pytest.mark.django_db(transaction=True)

ALL = set(Area)
OWN = {Area.RESTRICTIONS, Area.SECOND_FACTOR, Area.IDENTITY}
LOADED_WARNINGS = {Area.NFT, Area.API_KEYS, Area.REFERRALS}


@pytest.fixture
def seeded(now: datetime) -> datetime:
    assert seed(now=now)
    return now


def person(name: str) -> Account:
    account = find_account(personas.email_of(name))
    assert account is not None
    return account


def check_of(name: str, now: datetime) -> Check:
    run = runner.run(
        person(name), policy=loader.current(), gateway=exchange.get_gateway(), moment=Moment.CHECK, now=now
    )
    return runner.load_check(run)


def areas(check: Check, verdict: str) -> set[Area]:
    return {result.area for result in check.areas if result.verdict == verdict}


def test_seeding_twice_changes_nothing(seeded: datetime) -> None:
    before = Account.objects.count()
    assert (seed(now=seeded), Account.objects.count()) == (False, before)


@pytest.mark.parametrize("name", ["clean", "large"])
def test_clear_people_are_clear_everywhere(seeded: datetime, name: str) -> None:
    assert areas(check_of(name, seeded), "clear") == ALL


@pytest.mark.row("A01")
def test_loaded_is_blocked_from_spot_to_transfers(seeded: datetime) -> None:
    check = check_of("loaded", seeded)
    assert areas(check, "warning") == LOADED_WARNINGS
    assert areas(check, "clear") == OWN
    assert areas(check, "blocked") == ALL - LOADED_WARNINGS - OWN


@pytest.mark.row("A02")
def test_dusty_has_warnings_only(seeded: datetime) -> None:
    check = check_of("dusty", seeded)
    assert (areas(check, "warning"), check.may_submit) == ({Area.SPOT}, True)


@pytest.mark.parametrize(
    ("name", "area"),
    [
        ("waiting", Area.EARN_LOCKED),
        ("new", Area.SECOND_FACTOR),
        ("restricted", Area.RESTRICTIONS),
        ("judicial", Area.RESTRICTIONS),
    ],
)
def test_people_with_one_blocker_have_that_one(seeded: datetime, name: str, area: Area) -> None:
    assert areas(check_of(name, seeded), "blocked") == {area}


def test_large_withdrew_25_000_in_30_days(seeded: datetime) -> None:
    account = person("large")
    run = runner.run(account, policy=loader.current(), gateway=exchange.get_gateway(), moment=Moment.CHECK, now=seeded)
    assert Decimal(run.withdrawn_usdt) == 25_000


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("frozen", AccountStatus.FROZEN),
        ("dormant", AccountStatus.DORMANT),
        ("disabled", AccountStatus.DISABLED),
    ],
)
def test_people_stand_where_the_list_says(seeded: datetime, name: str, status: AccountStatus) -> None:
    assert person(name).status == status


@pytest.mark.row("I07", "I08", "I09")
def test_dormant_missed_something_of_each_kind(seeded: datetime) -> None:
    told = CoreNews.objects.order_by("at", "id").values_list("account_id", "kind")
    assert list(told) == [(person("dormant").pk, kind) for kind in ("matured", "migrated", "order_gone")]


def test_closed_is_closed_and_found_by_nobody(seeded: datetime) -> None:
    states = ClosureRequest.objects.values_list("state", flat=True)
    assert sorted(states) == [ClosureState.CLOSED, ClosureState.COOLING_OFF]
    assert find_account(personas.email_of("closed")) is None


def test_staff_have_their_role_and_an_authenticator(seeded: datetime) -> None:
    for name, role in personas.STAFF.items():
        account = person(name)
        assert (account.is_staff, list(account.groups.values_list("name", flat=True))) == (True, [Role(role).value])
        assert codes.of(account) is not None


def test_nobody_gets_stale_notices(seeded: datetime) -> None:
    templates = set(OutboxMessage.objects.values_list("template", flat=True))
    assert templates == {"closure_confirmation", "closure_closed"}


@pytest.mark.parametrize("preset", loader.presets())
def test_closures_stand_as_the_list_says_in_every_preset(now: datetime, settings: Any, preset: str) -> None:
    settings.PORTAL_POLICY = preset
    seed(now=now)
    assert sorted(ClosureRequest.objects.values_list("state", flat=True)) == [
        ClosureState.CLOSED,
        ClosureState.COOLING_OFF,
    ]
    waiting = ClosureRequest.objects.get(account=person("frozen")).finalizes_after
    assert waiting is not None
    assert waiting > now
    assert areas(check_of("clean", now), "clear") == ALL
    keys_first = loader.load(preset).preflight.api_keys is ApiKeys.DELETED_FIRST
    assert Area.API_KEYS in areas(check_of("loaded", now), "blocked" if keys_first else "warning")
