"""Kills one process of a worker's queue with SIGKILL and says how long nothing was done."""

import os
import signal
import time
from datetime import timedelta

from django.db import transaction
from django_q.tasks import async_task

from accounts import clock
from closure import effects
from closure.effects import EffectKind
from closure.enums import EffectState
from closure.models import Effect
from tests.closure.closing import approved
from tests.portal.workers import Worker, until

ROLES = ("idle worker", "busy worker", "monitor", "pusher", "sentinel", "parent")
RESUMES_WITHIN = 60.0
# Longer than a busy process of an earlier kill stays busy.
ASKED_AGAIN_AFTER = 25.0


def kill(worker: Worker, role: str, name: str) -> float:
    """Kill the process with this role; returns the seconds until new work is done and a pulse came back.

    `name` is that of a customer who is made for it.
    """
    until(worker.is_whole, f"a whole cluster before the {role} is killed")
    pid = _find(worker, role)
    before = worker.pulses()
    killed_at = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    effect = _work_for(name)
    done = Effect.objects.filter(pk=effect.pk, state=EffectState.DONE)
    until(done.exists, f"work after the {role} was killed", within=RESUMES_WITHIN)
    # A pulse that was sent before can still come back through what is left: one more tells that the way is open.
    until(lambda: _has_new(worker, before), f"a pulse after the {role} was killed", within=RESUMES_WITHIN)
    return time.monotonic() - killed_at


def _has_new(worker: Worker, before: dict[str, int]) -> bool:
    return any(number > before.get(name, -1) + 1 for name, number in worker.pulses().items())


def _find(worker: Worker, role: str) -> int:
    if not role.endswith("worker"):
        return worker.processes()[role][0]
    busy = _busy(worker)
    if role == "busy worker":
        return busy
    return next(pid for pid in worker.processes()["worker"] if pid != busy)


def _busy(worker: Worker) -> int:
    """Keep one process of the queue busy and return its number.

    The queue is a hint: one that was taken by a cluster that is replaced just then is lost, and is asked for again.
    """
    begun = time.monotonic()
    while True:
        path = worker.log_file.with_name(f"busy-{time.monotonic_ns()}")
        async_task("tests.portal.busy.be_busy", str(path))
        try:
            until(path.exists, "a busy worker", within=ASKED_AGAIN_AFTER)
        except AssertionError:
            if time.monotonic() - begun > RESUMES_WITHIN:
                raise
        else:
            return int(path.read_text())


def _work_for(name: str) -> Effect:
    """Want a call in a transaction that wakes the queue."""
    now = clock.now()
    request = approved(name, now=now + timedelta(days=365))
    with transaction.atomic():
        return effects.add(request, EffectKind.FREEZE, now=now)
