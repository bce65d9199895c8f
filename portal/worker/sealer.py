"""Seals the journal every few seconds, beside everything else: what is sealed cannot be rewritten unseen."""

import logging
import time

from django.db import close_old_connections, connection

from accounts import clock, sealing
from accounts.failures import kind_and_place
from portal.worker.part import Part

logger = logging.getLogger(__name__)
EACH_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 60.0
# Between these a look at the whole journal finds what committed long after its key was made.
EVERYTHING_SECONDS = 24 * 3600.0


class Sealer(Part):
    """Seals in a thread of its own, so that a long sweep keeps no event waiting. Any number of them may run."""

    def __init__(self, *, each: float = EACH_SECONDS, everything_each: float = EVERYTHING_SECONDS) -> None:
        super().__init__("sealer")
        self.each, self.everything_each = each, everything_each

    def run(self) -> None:
        """Seal everything at the start and daily, and what is new every few seconds."""
        failures, looked_at = 0, None
        while not self._ended.is_set():
            began = time.monotonic()
            everything = looked_at is None or began - looked_at >= self.everything_each
            if self._seal(everything=everything):
                failures, looked_at = 0, began if everything else looked_at
            else:
                failures += 1
            self._ended.wait(min(self.each * 2**failures, LONGEST_WAIT_SECONDS))
        connection.close()

    def _seal(self, *, everything: bool) -> bool:
        """Seal once; returns whether that went well."""
        try:
            close_old_connections()
            sealing.seal(now=clock.now(), everything=everything, stop=self._ended.is_set)
        except sealing.TreeBroken as error:
            logger.error("THE JOURNAL WAS CHANGED, nothing more is sealed (%s): run verify_journal", error)  # noqa: TRY400
        except Exception as error:  # noqa: BLE001  (a database that is away today is back tomorrow)
            logger.warning("the journal is not sealed for now: %s", kind_and_place(error))
            connection.close()
        else:
            return True
        return False
