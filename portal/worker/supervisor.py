"""Keeps one cluster alive: starts it, sends pulses, kills and restarts what does not answer, ends it in time."""

import logging
import os
import signal
import subprocess
import sys
import time

from django.conf import settings

from portal.worker import processes, pulse
from portal.worker.ending import Ending
from portal.worker.errands import Errands
from portal.worker.exporting import Exporter
from portal.worker.sealer import Sealer
from portal.worker.sweeper import Sweeper

logger = logging.getLogger(__name__)
LOOK_SECONDS = 0.25
# Less than ten seconds in all: a cluster that stops by itself, then one that is killed, then what the threads are at.
STOP_SECONDS = 5.0
KILL_SECONDS = 1.0
THREADS_END_SECONDS = 3.0
FIRST_RESTART_SECONDS = 1.0
LONGEST_RESTART_SECONDS = 30.0
# For the first pulse of a cluster, which has its processes to start: a busy machine must not have it started for ever.
FIRST_PULSE_SECONDS = 30.0


class Cluster:
    """One cluster process with its pulses."""

    def __init__(self, errands: Errands, *, each: float, limit: float) -> None:
        self.errands, self.each, self.limit = errands, each, limit
        self.is_sending = False
        self.name = pulse.new_name()
        pulse.expect(self.name)
        self.started = time.monotonic()
        self.sent = self.answered = 0
        self.sent_at = self.unanswered_since = 0.0
        # A session of its own: Ctrl-C reaches the supervisor alone, and one kill reaches them all.
        self.process = subprocess.Popen(  # noqa: S603  (our own command)
            [
                sys.executable,
                settings.BASE_DIR / "manage.py",
                "worker",
                "--cluster",
                self.name,
                "--parent",
                str(os.getpid()),
            ],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
        )

    @property
    def group(self) -> int:
        """The process group of the cluster."""
        return self.process.pid

    @property
    def age(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self.started

    def is_alive(self) -> bool:
        """Tell whether its first process lives."""
        return self.process.poll() is None

    def is_silent(self) -> bool:
        """Tell whether a pulse that was sent has had no answer for longer than the limit, or the first for longer."""
        answered = pulse.last_answered(self.name)
        if answered != self.answered:
            self.answered, self.unanswered_since = answered, time.monotonic()
        limit = self.limit if answered else max(self.limit, FIRST_PULSE_SECONDS)
        return self.sent > answered and time.monotonic() - self.unanswered_since > limit

    def send_pulse(self) -> None:
        """Send a pulse when one is due and none is on its way; a queue that is away is tried again."""
        if not self.is_sending and time.monotonic() - self.sent_at >= self.each:
            self.is_sending, self.sent_at = True, time.monotonic()
            self.errands.do(self._send)

    def _send(self) -> None:
        try:
            pulse.send(self.name, self.sent + 1)
            if self.sent == self.answered:
                self.unanswered_since = time.monotonic()
            self.sent += 1
        finally:
            self.is_sending = False

    def end(self, *, within: float) -> None:
        """End every process of the cluster: asked first, killed after `within` seconds. None is left."""
        if within and self.is_alive():
            self.process.terminate()
            try:
                self.process.wait(within)
            except subprocess.TimeoutExpired:
                logger.warning("cluster %s does not stop: killed", self.group)
        processes.kill_group(self.group)
        self.process.wait()
        end = time.monotonic() + KILL_SECONDS
        while processes.reap_group(self.group) and time.monotonic() < end:
            time.sleep(0.02)
        self.errands.do(lambda: pulse.forget(self.name))


class Supervisor:
    """One worker: a cluster, a sweeper, a sealer, an exporter, and the loop that looks after them until a signal."""

    def __init__(self) -> None:
        self.stopping = Ending()
        self.sweeper, self.sealer, self.errands, self.exporter = Sweeper(), Sealer(), Errands(), Exporter()
        self.failures = 0

    def run(self) -> None:
        """Run until SIGTERM or SIGINT; leaves no process behind."""
        self.stopping.listen(signal.SIGTERM, signal.SIGINT)
        processes.adopt_orphans()
        self.errands.start()
        self.sweeper.start()
        self.sealer.start()
        self.exporter.start()
        cluster = self._start()
        try:
            while not self.stopping.wait(LOOK_SECONDS):
                if reason := self._problem(cluster):
                    cluster = self._restart(cluster, reason)
                cluster.send_pulse()
        finally:
            for thread in (self.exporter, self.sweeper, self.sealer):
                thread.ask_to_end()
            cluster.end(within=STOP_SECONDS)
            self._end_threads()
        logger.info("worker stopped")

    def _start(self) -> Cluster:
        cluster = Cluster(self.errands, each=settings.WORKER_PULSE_SECONDS, limit=settings.WORKER_PULSE_LIMIT_SECONDS)
        logger.info("cluster %s started", cluster.group)
        return cluster

    def _problem(self, cluster: Cluster) -> str:
        if not cluster.is_alive():
            return f"ended with {cluster.process.returncode}"
        return "gives no pulse" if cluster.is_silent() else ""

    def _restart(self, cluster: Cluster, reason: str) -> Cluster:
        """Replace a cluster; one that never answered waits longer each time. Sweeps find what it had taken."""
        logger.warning("cluster %s %s: restarting it", cluster.group, reason)
        cluster.end(within=0)
        self.failures = 0 if cluster.answered else self.failures + 1
        self.sweeper.ask()
        if self.failures:
            self.stopping.wait(min(FIRST_RESTART_SECONDS * 2 ** (self.failures - 1), LONGEST_RESTART_SECONDS))
        return self._start()

    def _end_threads(self) -> None:
        """Wait a moment for what is going on; cut off, its transaction is rolled back by the database."""
        end = time.monotonic() + THREADS_END_SECONDS
        threads = (self.errands, self.exporter, self.sweeper, self.sealer)
        ended = [thread.end(within=max(end - time.monotonic(), 0)) for thread in threads]
        if not all(ended):
            logger.warning("a sweep is cut off, or the database does not answer")
            logging.shutdown()
            os._exit(0)
