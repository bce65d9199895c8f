"""Fixtures that every test may ask for."""

import gc
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import hypothesis
import pytest
from django.core.cache import cache

from accounts import blocked, clock
from accounts.messages import wake as message_wake
from closure import wake as closure_wake
from closure.evidence import looks, store
from closure.exchange.ledger.gateway import LedgerGateway

# The suite proves the same examples every time; campaigns under tests/campaigns/ look for new ones. No deadline: how
# long an example takes depends on who else uses the machine.
hypothesis.settings.register_profile("suite", derandomize=True, database=None, deadline=None)
hypothesis.settings.load_profile("suite")


def pytest_collection_finish() -> None:
    """Look for garbage among what tests make: modules and tests stay, and were walked over again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _fresh_process() -> Iterator[None]:
    """Start every test with real time and an empty cache, whatever the one before left."""
    clock.set_offset_source(None)
    cache.clear()
    yield
    clock.set_offset_source(None)


@pytest.fixture(autouse=True)
def _plugged_as_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave queue and holds plugged in as the apps did, whatever a test plugs in or out."""
    monkeypatch.setattr(blocked, "_held", blocked._held)
    monkeypatch.setattr(message_wake, "_wake", message_wake._wake)
    monkeypatch.setattr(closure_wake, "_waker", closure_wake._waker)


@pytest.fixture
def now() -> datetime:
    """Return the portal's time at the start of the test, aware, in UTC; the database's own time is the same."""
    return clock.now()


@pytest.fixture
def advance() -> Callable[..., datetime]:
    """Return a function that moves the portal's clock: `advance(hours=24)` gives the new time."""
    ahead = timedelta()

    def move(**units: float) -> datetime:
        nonlocal ahead
        ahead += timedelta(**units)
        clock.set_offset_source(lambda: ahead)
        return clock.now()

    return move


@pytest.fixture
def ledger() -> LedgerGateway:
    """Return the embedded core, by the portal's clock: no test replaces it."""
    return LedgerGateway(clock.now)


@pytest.fixture
def no_photos_left() -> Iterator[None]:
    """Remove the files of photos that tests kept, before and after this one: they are no part of its database."""
    _remove_photos()
    yield
    _remove_photos()


@pytest.fixture
def without_opencv(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take the face detector away, as on a machine on which the extra `photos` was never installed."""
    monkeypatch.setattr(looks, "MODEL", looks.MODEL.with_name("not_there.onnx"))
    looks.model.cache_clear()
    yield
    looks.model.cache_clear()


def _remove_photos() -> None:
    for name in store.names():
        store.remove(name)
