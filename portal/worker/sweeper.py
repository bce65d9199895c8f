"""Sweeps: what is due is found in our rows, whatever the queue said. At every start, then each minute or sooner."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime

from django.db import close_old_connections, connection

from accounts import clock, housekeeping
from accounts.failures import kind_and_place
from accounts.write_ahead import empty_log
from closure.operations.sweep import FAILED, run_sweeps
from closure.retries import next_retry
from portal.worker.part import Part

logger = logging.getLogger(__name__)
EACH_SECONDS = 60.0
FIRST_RETRY_SECONDS = 2.0
# How often it is asked whether something is to be tried again before the minute is over: three looks at an index.
LOOK_SECONDS = 5.0


def sweep_once() -> bool:
    """Run every sweep, each by itself: one that fails stops no other. Returns whether all of them went well."""
    try:
        close_old_connections()
        connection.ensure_connection()
    except Exception as error:  # noqa: BLE001  (a database that is away today is back tomorrow)
        logger.error("no sweep, the database is away: %s", type(error).__name__)  # noqa: TRY400
        return False
    well = run_sweeps(clock.now())[FAILED] == 0
    try:
        close_old_connections()
        housekeeping.tidy(clock.now())
        empty_log()
    except Exception as error:  # noqa: BLE001
        logger.error("sweep housekeeping failed: %s", kind_and_place(error))  # noqa: TRY400
        connection.close()
        well = False
    return well


class Sweeper(Part):
    """Sweeps beside the supervisor, so that a long sweep delays no pulse; retries soon after a failure."""

    def __init__(
        self, sweep: Callable[[], bool] = sweep_once, *, each: float = EACH_SECONDS, look: float = LOOK_SECONDS
    ) -> None:
        super().__init__("sweeper")
        self.sweep, self.each, self.look = sweep, each, look
        self._wanted = threading.Event()

    def run(self) -> None:
        """Sweep now, when asked, when something is to be tried again, and each minute."""
        failures = 0
        while True:
            # Cleared before it is asked: whoever ends it sets both, this one last.
            self._wanted.clear()
            if self._ended.is_set():
                break
            began = clock.now()
            failures = 0 if self.sweep() else failures + 1
            self._rest(min(self.each, FIRST_RETRY_SECONDS * 2**failures) if failures else self.each, since=began)
        connection.close()

    def _rest(self, seconds: float, *, since: datetime) -> None:
        """Wait this long, until asked, or until something tried before has come due since the last sweep began."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if self._wanted.wait(min(left, self.look)) or self._has_come_due(since):
                return

    @staticmethod
    def _has_come_due(since: datetime) -> bool:
        try:
            close_old_connections()
            at = next_retry(since)
        except Exception as error:  # noqa: BLE001
            logger.warning("no look at what is due: the database is away (%s)", type(error).__name__)
            connection.close()
            return False
        return at is not None and at <= clock.now()

    def ask(self) -> None:
        """Sweep as soon as possible."""
        self._wanted.set()

    def ask_to_end(self) -> None:
        """Stop after the sweep that is going on."""
        super().ask_to_end()
        self._wanted.set()
