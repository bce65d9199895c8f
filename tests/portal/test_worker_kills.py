"""Any process of the queue killed with SIGKILL: work goes on, by itself and soon."""

from pathlib import Path

import pytest

from tests.portal.queue_kills import RESUMES_WITHIN, ROLES, kill
from tests.portal.workers import is_alive, until, workers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("worker")]
KILLS_EACH = 3


@pytest.mark.row("F06")
def test_work_goes_on_whichever_process_of_the_queue_is_killed(tmp_path: Path) -> None:
    gaps: dict[str, list[float]] = {role: [] for role in ROLES}
    with workers(tmp_path) as start:
        worker = start(WORKER_PULSE_LIMIT="3")
        until(worker.has_answered, "a pulse")
        for turn in range(KILLS_EACH):
            for role in ROLES:
                gaps[role].append(kill(worker, role, f"ana{turn}{len(gaps[role])}{ROLES.index(role)}"))
        code, _seconds = worker.end()
    assert {role: len(each) for role, each in gaps.items()} == dict.fromkeys(ROLES, KILLS_EACH)
    assert max(max(each) for each in gaps.values()) < RESUMES_WITHIN
    assert (code, [group for group in worker.clusters if is_alive(group)]) == (0, [])
