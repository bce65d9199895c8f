"""The part of the campaign that pytest runs (`__main__.py` starts it)."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import combinations
from pathlib import Path

import pytest
from django.conf import settings as portal_settings
from django.db import connection
from pytest_django.fixtures import Settings

from tests.campaigns.enumeration.asking import SIGN_IN, SURFACES, Surface, Took, Visitor
from tests.campaigns.enumeration.hashers import QUICK
from tests.campaigns.enumeration.statistics import Comparison, compare
from tests.campaigns.enumeration.world import CLASSES, PLANTED, WRONG, World, forget_counters, make_world
from tests.factories import password_hash
from tests.fakes.smtp import HOST, free_port

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 40
# Below what a budget allows for one account, address or reference; counters start anew after each round.
EACH_A_ROUND = 4
WARM_UP = 40
START_SECONDS = 30.0
# Of work: what is less, no network shows to anybody, however often they ask; it is told and is no failure.
LEAST_WORK = 25.0  # microseconds
Times = dict[str, list[Took]]


def asked(name: str) -> str:
    """Return what the command was told."""
    return os.environ[f"CAMPAIGN_{name}"]


def test_time_tells_nobody_apart(
    now: datetime, tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    if asked("HASH") == "quick":
        settings.PASSWORD_HASHERS = [QUICK]
        password_hash.cache_clear()
    chance, samples = random.Random(int(asked("SEED"))), int(asked("SAMPLES"))
    chosen = [surface for surface in SURFACES if surface.name in (asked("SURFACES").split() or [surface.name])]
    ends, wrong = time.monotonic(), []
    world = make_world(PEOPLE, chance=chance, now=now)
    with running_portal(tmp_path) as port:
        for surface in chosen:
            ends += float(asked("SECONDS")) / len(chosen)
            times = measure(surface, world, port=port, samples=samples, chance=chance, ends=ends)
            with capsys.disabled():
                wrong += report(surface, times)
    assert wrong == []


@contextmanager
def running_portal(folder: Path) -> Iterator[int]:
    """Run the portal under gunicorn, one process, on the database of this test; gives its port."""
    port = free_port()
    log = (folder / "server.log").open("wb")
    known = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.campaigns.enumeration.settings",
        "DATABASE_URL": database_url(),
        "ALLOWED_HOSTS": HOST,
        # All come from one address here.
        "TRIES_PER_ADDRESS": "100000000",
    }
    command = [sys.executable, "-m", "gunicorn", "tests.campaigns.enumeration.server:application", "--workers", "1"]
    with log:
        server = subprocess.Popen(
            [*command, "--bind", f"{HOST}:{port}", "--no-control-socket"],
            env=known,
            cwd=portal_settings.BASE_DIR,
            stdout=log,
            stderr=log,
        )
        try:
            wait_for(port)
            yield port
        finally:
            server.terminate()
            server.wait(START_SECONDS)


def database_url() -> str:
    """Return the address of the database of this test."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    return f"postgres://{facts['USER']}:{facts['PASSWORD']}@{facts['HOST']}:{facts['PORT']}/{facts['NAME']}"


def wait_for(port: int) -> None:
    """Wait until the server answers."""
    ends = time.monotonic() + START_SECONDS
    while True:
        try:
            Visitor(port=port).open(SIGN_IN)
        except OSError:
            assert time.monotonic() < ends, "the server did not start"
            time.sleep(0.1)
        else:
            return


def measure(surface: Surface, world: World, *, port: int, samples: int, chance: random.Random, ends: float) -> Times:
    """Return the times of each class, in rounds of random order, until there are enough or the time is over."""
    times: Times = {of: [] for of in world}
    visitors = {of: visitor_of(surface, of, world, port=port) for of in world}
    for person in world[WRONG] * (WARM_UP // PEOPLE):
        visitors[WRONG].time(surface, WRONG, person, planted=0)
    while min(map(len, times.values())) < samples and time.monotonic() < ends:
        forget_counters()
        order = [(of, person) for of, people in world.items() for person in people * EACH_A_ROUND]
        chance.shuffle(order)
        for of, person in order:
            planted = int(asked("PLANTED")) if of == PLANTED else 0
            times[of].append(visitors[of].time(surface, of, person, planted=planted))
    statuses = set().union(*(visitor.statuses for visitor in visitors.values()))
    assert statuses == {surface.expected}, (surface.name, statuses)
    return times


def visitor_of(surface: Surface, of: str, world: World, *, port: int) -> Visitor:
    """Return a browser that opened the page, after a sign-in that was refused where the surface comes second."""
    visitor = Visitor(port=port)
    visitor.open(SIGN_IN if surface.signs_in_first else surface)
    if surface.signs_in_first:
        visitor.post(SIGN_IN, of, world[of][0])
    return visitor


def report(surface: Surface, times: Times) -> list[str]:
    """Print the comparisons of a surface; returns what is wrong."""
    wrong = []
    count = min(map(len, times.values()))
    sys.stdout.write(f"\n{surface.name}: {count} samples a class\n")
    for one, two in combinations(CLASSES, 2):
        waited, worked = both(times[one], times[two])
        is_leak = waited.is_leak or (worked.is_leak and abs(worked.microseconds) >= LEAST_WORK)
        tell(f"{one} / {two}", waited, worked, "LEAK" if is_leak else "none")
        wrong += [f"{surface.name}: {one} / {two}"] * is_leak
    waited, worked = both(times[WRONG], times[PLANTED])
    is_seen = waited.is_leak or worked.is_leak
    tell(f"{WRONG} / planted {asked('PLANTED')} us", waited, worked, "seen" if is_seen else "NOT SEEN")
    return wrong + [f"{surface.name}: what was planted stayed unseen"] * (not is_seen)


def both(one: list[Took], two: list[Took]) -> tuple[Comparison, Comparison]:
    """Compare what a stranger waits for, and what the server works."""
    return (
        compare([took.waited for took in one], [took.waited for took in two]),
        compare([took.worked for took in one], [took.worked for took in two]),
    )


def tell(name: str, waited: Comparison, worked: Comparison, word: str) -> None:
    """Print one comparison: waiting, then work."""
    shown = [
        f"{kind}: |t| {abs(found.t):5.2f}, AUC {found.auc:.4f} (+-{found.auc_limit:.4f}), {found.microseconds:+.1f} us"
        for kind, found in (("waited", waited), ("worked", worked))
    ]
    sys.stdout.write(f"  {name:32} {'; '.join(shown)}  {word}\n")
