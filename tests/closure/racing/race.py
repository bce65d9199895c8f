"""One race: what is set up, who runs against whom, and what must have come of it after every run."""

import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import cycle, islice
from random import Random
from typing import Any

from accounts.exceptions import PortalError
from closure.exchange.errors import Refused
from closure.models import ClosureRequest
from tests.closure.racing.scenes import Scene
from tests.invariants import violations
from tests.races import Racers

Call = Callable[[], Any]
# Scenes are made, and looked at afterwards, so many at a time.
BULK = 25
# Of races beside those that have to hold every time.
FEWER = 40


@dataclass(frozen=True, kw_only=True)
class Race:
    """`judge` says in a word how a run ended, and raises AssertionError for an ending that must not be.

    `runs` is how often the suite runs it on PostgreSQL; the campaign runs each as often.
    """

    name: str
    stage: Callable[[int, datetime], list[Scene]]
    calls: Callable[[Scene, int], Sequence["Call | Late"]]
    judge: Callable[[Scene, list[Any]], str]
    rows: tuple[str, ...] = ()
    runs: int = 100


@dataclass(frozen=True)
class Late:
    """A call that is over long before the others are; it begins at some moment of theirs, or at once with them."""

    call: Call


class Pace:
    """Decides by chance who begins when, so that each side is the faster one in some of the runs."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.longest = 0.0

    def spread(self, calls: Sequence[Call | Late]) -> list[Call]:
        """Return the calls in an order by chance, the late ones around one moment of the longest that the rest took."""
        moment, about = self.longest * self.chance.uniform(-0.3, 1.2), self.longest * 0.1
        self.longest *= 0.9
        shuffled = self.chance.sample(list(calls), len(calls))
        return [
            partial(self._after, max(0.0, self.chance.uniform(moment - about, moment + about)), call.call)
            if isinstance(call, Late)
            else partial(self._measured, call)
            for call in shuffled
        ]

    @staticmethod
    def _after(seconds: float, call: Call) -> Any:
        time.sleep(seconds)
        return call()

    def _measured(self, call: Call) -> Any:
        begun = time.monotonic()
        try:
            return call()
        finally:
            self.longest = max(self.longest, time.monotonic() - begun)


def run(race: Race, racers: Racers, *, runs: int, now: datetime, chance: Random) -> Counter[str]:
    """Run a race so often, each time about another customer; returns how often it ended how."""
    ends: Counter[str] = Counter()
    pace = Pace(chance)
    for begun in range(0, runs, BULK):
        scenes = race.stage(min(BULK, runs - begun), now)
        for scene in scenes:
            results = racers.race(pace.spread(race.calls(scene, racers.threads)))
            stories = unforeseen(results)
            assert stories == "", f"{race.name}: {stories}"
            scene.request.refresh_from_db()
            ends[race.judge(scene, results)] += 1
        # No run touches the customer of another, so what one left is still there to be looked at.
        assert violations([scene.account.pk for scene in scenes]) == [], race.name
    return ends


def dealt(threads: int, *calls: Call | Late) -> list[Call | Late]:
    """Deal the threads out to these calls, in turn."""
    return list(islice(cycle(calls), threads))


def unforeseen(results: Sequence[Any]) -> str:
    """Return the story of everything raised that is no refusal: each would be a 5xx at the edge."""
    errors = [each for each in results if isinstance(each, Exception) and not isinstance(each, PortalError | Refused)]
    return "\n".join("".join(traceback.format_exception(error)) for error in errors)


def winners(results: Sequence[Any]) -> list[ClosureRequest]:
    """Return what the calls that moved the request returned."""
    return [each for each in results if isinstance(each, ClosureRequest)]
