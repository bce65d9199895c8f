"""The part of the race campaign that pytest runs (tests/campaigns/races.py starts it)."""

import os
import sys
import time
from collections import Counter
from collections.abc import Mapping
from random import Random

import pytest

from accounts import clock
from tests.campaigns.races import ONLY, RUNS, SECONDS, SEED, THREADS
from tests.closure.racing.all import RACES
from tests.closure.racing.race import BULK, run
from tests.closure.test_races import cheap_passwords
from tests.invariants import violations
from tests.races import Racers

__all__ = ["cheap_passwords"]
Ends = dict[tuple[str, int], Counter[str]]


@pytest.mark.django_db(transaction=True)
def test_races_until_the_time_is_over(capsys: pytest.CaptureFixture[str]) -> None:
    seed, wanted = int(os.environ[SEED]), int(os.environ[RUNS])
    begun, chance = time.monotonic(), Random(seed)
    only = [name for name in os.environ[ONLY].split(",") if name]
    names = [race.name for race in RACES if not only or race.name in only]
    assert set(only) <= set(names), f"races are {', '.join(race.name for race in RACES)}"
    ends: Ends = {(name, int(n)): Counter() for name in names for n in os.environ[THREADS].split(",")}
    end = begun + float(os.environ[SECONDS])
    while time.monotonic() < end and any(each.total() < wanted for each in ends.values()):
        _one_round(ends, wanted, chance, end=end)
    assert violations() == []
    with capsys.disabled():
        sys.stdout.write(report(ends, seed=seed, seconds=time.monotonic() - begun))


def _one_round(ends: Ends, wanted: int, chance: Random, *, end: float) -> None:
    """Add a bulk of runs to every race that has not enough, while there is time."""
    for (name, threads), counts in ends.items():
        left = min(BULK, wanted - counts.total())
        if left > 0 and time.monotonic() < end:
            race = next(race for race in RACES if race.name == name)
            with Racers(threads) as racers:
                counts.update(run(race, racers, runs=left, now=clock.now(), chance=chance))


def report(ends: Mapping[tuple[str, int], Counter[str]], *, seed: int, seconds: float) -> str:
    """Return the counts as lines."""
    total = sum(each.total() for each in ends.values())
    lines = [f"\nseed {seed}: {total} runs in {seconds:.0f} s, every one as it must be"]
    for (name, threads), counts in ends.items():
        how = ", ".join(f"{times} {end}" for end, times in counts.most_common())
        lines.append(f"{counts.total():5} x {threads:2} threads  {name}: {how}")
    return "\n".join(lines) + "\n"
