"""Files for customers, built in a process of their own: `manage.py worker --exports --parent PID`, started when needed.

One large file takes longer than any task of the queue may, and what kills its builder must kill nothing else.
"""

import logging
import os
import signal
import subprocess
import sys

from django.conf import settings
from django.db import close_old_connections, connection

from accounts import clock
from closure.exports import build
from portal.worker import processes
from portal.worker.ending import Ending
from portal.worker.part import Part

logger = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
WAIT_SECONDS = 0.1
# After a builder that failed: whatever it was, not at once again.
REST_SECONDS = 10.0
# A core that says nothing for so long ends the builder, which counts as its death.
SILENCE_SECONDS = 60


def build_all() -> None:
    """Build what is due, one after the other, in this process."""
    while build.build_next(now=clock.now()):
        pass


def run(*, parent: int) -> None:
    """Build what is due and end; ends sooner on SIGTERM, with the claim given back, or with `parent`."""
    processes.follow(parent)
    processes.call_me("export-builder")
    ending = Ending()
    ending.listen(signal.SIGTERM)

    def beat() -> None:
        signal.alarm(SILENCE_SECONDS)
        if ending.is_asked():
            raise build.Stopped

    try:
        beat()
        while build.build_next(now=clock.now(), beat=beat):
            beat()
    except build.Stopped:
        logger.info("the builder of exports stops before it is through")


class Exporter(Part):
    """Looks for exports to build, and starts a builder where there are some; one at a time."""

    def __init__(self) -> None:
        super().__init__("exporter")

    def run(self) -> None:
        """Look again and again until it is ended."""
        while not self._ended.wait(LOOK_SECONDS):
            if self._is_wanted() and self._build() != 0:
                self._ended.wait(REST_SECONDS)
        connection.close()

    @staticmethod
    def _is_wanted() -> bool:
        try:
            close_old_connections()
            return build.is_due(clock.now())
        except Exception as error:  # noqa: BLE001  (a database that is away today is back tomorrow)
            logger.warning("no look for exports: the database is away (%s)", type(error).__name__)
            connection.close()
            return False

    def _build(self) -> int:
        """Run a builder to its end, or to ours; returns its exit code."""
        manage = str(settings.BASE_DIR / "manage.py")
        command = [sys.executable, manage, "worker", "--exports", "--parent", str(os.getpid())]
        # A session of its own: Ctrl-C reaches the supervisor alone. It dies with the thread that started it, which is
        # this one and lives as long as the worker.
        builder = subprocess.Popen(command, start_new_session=True, stdin=subprocess.DEVNULL)  # noqa: S603  (our own)
        while builder.poll() is None and not self._ended.wait(WAIT_SECONDS):
            pass
        if builder.poll() is None:
            builder.terminate()
            try:
                builder.wait(LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                builder.kill()
        return builder.wait()
