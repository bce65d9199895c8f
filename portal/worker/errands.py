"""What the supervisor asks of the queue, done beside it: a database that is away must not keep it from anything."""

import logging
from collections.abc import Callable
from queue import SimpleQueue

from django.db import close_old_connections, connection

from portal.worker.part import Part

logger = logging.getLogger(__name__)
Errand = Callable[[], None]


class Errands(Part):
    """Does one errand after another; one that fails is logged and gone."""

    def __init__(self) -> None:
        super().__init__("errands")
        self._waiting: SimpleQueue[Errand | None] = SimpleQueue()

    def run(self) -> None:
        """Do errands until there are no more to come."""
        while (errand := self._waiting.get()) is not None:
            try:
                close_old_connections()
                errand()
            except Exception as error:  # noqa: BLE001  (whatever a queue throws when it is away)
                logger.warning("the queue is away (%s)", type(error).__name__)
                connection.close()
        connection.close()

    def do(self, errand: Errand) -> None:
        """Have something done, and wait for nothing."""
        self._waiting.put(errand)

    def ask_to_end(self) -> None:
        """Stop after what was asked for before."""
        super().ask_to_end()
        self._waiting.put(None)
