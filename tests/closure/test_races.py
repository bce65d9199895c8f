"""Whoever is faster: one outcome, whole, and a refusal for everybody else (invariants 2 to 9, 12, 13, F08)."""

from collections.abc import Iterator
from datetime import datetime
from random import Random

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from accounts.sign_in import nobody_hash
from tests import factories
from tests.closure.racing.all import RACES
from tests.closure.racing.race import Race, run
from tests.invariants import violations
from tests.races import Racers

pytestmark = pytest.mark.django_db(transaction=True)
# SQLite writes one after the other, so a few runs there show all that there is to see.
ON_SQLITE = 5
THREADS = {"postgresql": {"few": 8, "many": 32}, "sqlite": {"few": 4, "many": 8}}


@pytest.fixture(autouse=True)
def cheap_passwords(settings: Settings) -> Iterator[None]:
    """Hash in no time: these races are not about passwords, and argon2 would be most of their work."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    for cached in (nobody_hash, factories.password_hash):
        cached.cache_clear()
    yield
    for cached in (nobody_hash, factories.password_hash):
        cached.cache_clear()


@pytest.mark.parametrize("size", ["few", "many"])
@pytest.mark.parametrize(
    "race",
    [pytest.param(race, id=race.name, marks=[pytest.mark.row(row) for row in race.rows]) for race in RACES],
)
def test_race_ends_one_way(race: Race, size: str, now: datetime) -> None:
    runs = race.runs if connection.vendor == "postgresql" else ON_SQLITE
    with Racers(THREADS[connection.vendor][size]) as racers:
        ends = run(race, racers, runs=runs, now=now, chance=Random(size))
    assert ends.total() == runs
    assert violations() == []
