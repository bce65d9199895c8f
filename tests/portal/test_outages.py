"""The database goes away and comes back: a clear answer meanwhile, nothing half done, and then it goes on."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client

from closure import wake
from closure.enums import ClosureState
from closure.models import ClosureRequest
from portal.worker.sweeper import sweep_once
from tests.closure.closing import approved, states
from tests.closure.finalization.test_resume import CLOSED, outcome
from tests.invariants import violations
from tests.pages import house_rules, read
from tests.portal.outages import Outage, impatient, outages, take_away
from tests.portal.workers import is_alive, until, workers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("worker")]
# The campaign takes it away for half a minute (tests/campaigns/kills.py).
AWAY_SECONDS = 5
END_SECONDS = 10


@pytest.fixture
def outage() -> Iterator[Outage]:
    with outages() as switch:
        yield switch


def test_pages_and_api_say_so_and_nothing_is_half_done(outage: Outage, now: datetime) -> None:
    request = approved(now=now)
    before = violations()
    client = Client(raise_request_exception=False)
    signing_in = {"identifier": "ana@example.test", "password": "a password"}
    with impatient():
        outage.begin()
        page = client.post("/sign-in/", signing_in)
        api = client.post("/api/v1/session/", signing_in, content_type="application/json")
        swept = sweep_once()
        outage.end()
    assert (page.status_code, page.headers["Retry-After"], house_rules(read(page))) == (503, "120", [])
    assert "We cannot do this right now" in read(page).text
    assert b"Traceback" not in page.content + api.content
    assert (api.status_code, api.headers["Content-Type"]) == (503, "application/problem+json")
    assert api.json()["code"] == "unavailable"
    request.refresh_from_db()
    assert (swept, request.state, request.plan, violations()) == (False, ClosureState.APPROVED, {}, before)
    assert sweep_once()
    assert outcome(request) == CLOSED


@pytest.mark.row("F06")
def test_worker_goes_on_when_the_database_is_back_and_ends_in_time_without_it(
    outage: Outage, now: datetime, tmp_path: Path
) -> None:
    with workers(tmp_path) as start:
        worker = start()
        until(worker.has_answered, "a pulse")
        requests = [approved(f"ana{number}", now=now) for number in range(6)]
        with transaction.atomic():
            wake.wake(requests[0].pk)
        take_away(outage, seconds=AWAY_SECONDS)
        connection.close()
        until(lambda: set(states(requests)) == {ClosureState.CLOSED}, "all closures", within=90)
        assert [outcome(request) for request in requests] == [CLOSED] * len(requests)
        assert worker.process.poll() is None
        outage.begin()
        code, seconds = worker.end()
        outage.end()
    assert (code, seconds < END_SECONDS, [group for group in worker.clusters if is_alive(group)]) == (0, True, [])
    assert "Traceback" not in worker.log
    connection.close()
    assert ClosureRequest.objects.count() == len(requests)
