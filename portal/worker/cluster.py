"""One cluster in a process of its own, started by the supervisor as `manage.py worker --cluster NAME --parent PID`."""

import logging
import time
from functools import partial
from typing import Any

from django.db import connection
from django_q.brokers import Broker, get_broker
from django_q.cluster import Cluster
from django_q.signals import post_execute, post_spawn

from portal.worker import processes, pulse

logger = logging.getLogger(__name__)
LOOK_FOR_PULSES_SECONDS = 1.0

Tasks = list[tuple[Any, Any]] | None


class TwoQueues(Broker):
    """The shared queue, and once a second this cluster's own pulses; everything else is the shared queue's."""

    def __init__(self, own: str) -> None:
        self.shared, self.own = get_broker(), get_broker(own)
        self.looked_at = 0.0
        self.named = ""
        super().__init__(list_key=self.shared.list_key)

    def _am(self, part: str) -> None:
        """Name the process by what it does: each part of a cluster asks something else of its queue."""
        if self.named != part:
            self.named = part
            processes.call_me(f"queue-{part}")

    def dequeue(self) -> Tasks:
        """Return tasks to do; an empty queue is left alone for a moment by the broker below."""
        self._am("pusher")
        if time.monotonic() - self.looked_at >= LOOK_FOR_PULSES_SECONDS:
            self.looked_at = time.monotonic()
            # Asked first, because looking into an empty queue waits.
            if self.own.queue_size() and (pulses := self.own.dequeue()):
                return list(pulses)
        tasks: Tasks = self.shared.dequeue()
        return tasks

    def enqueue(self, task: str) -> Any:
        """Put a task into the shared queue."""
        return self.shared.enqueue(task)

    def acknowledge(self, task_id: Any) -> None:
        """Remove a task that was done; keys are unique over all queues. One that stays is done again, harmlessly."""
        self._am("monitor")
        try:
            self.shared.acknowledge(task_id)
        except Exception as error:  # noqa: BLE001  (whatever a queue throws when it is away)
            logger.warning("a task stays queued: the queue is away (%s)", type(error).__name__)
            connection.close()

    def fail(self, task_id: Any) -> None:
        """Remove a task that cannot be read."""
        self.shared.fail(task_id)

    def delete(self, task_id: Any) -> None:
        """Remove a task."""
        self.shared.delete(task_id)

    def queue_size(self) -> int:
        """Return how many tasks wait in the shared queue."""
        return int(self.shared.queue_size())

    def lock_size(self) -> int:
        """Return how many tasks of the shared queue are being done."""
        return int(self.shared.lock_size() or 0)

    def ping(self) -> bool:
        """Tell whether the queue answers."""
        self._am("sentinel")
        return bool(self.shared.ping())

    def info(self) -> str:
        """Say what kind of queue it is."""
        return str(self.shared.info())


def run(name: str, *, parent: int) -> None:
    """Run the cluster until SIGTERM, SIGINT, or the end of `parent`; its children are tied to it the same way."""
    processes.follow(parent)
    processes.call_me("queue-parent")
    post_spawn.connect(_work, weak=False, dispatch_uid=name)
    # Sent by the monitor after acknowledging, so a pulse has then been through every process of the cluster.
    post_execute.connect(partial(_answered, name), weak=False, dispatch_uid=name)
    Cluster(broker=TwoQueues(name)).start()


def _work(**_facts: Any) -> None:
    processes.call_me("queue-worker")


def _answered(name: str, *, task: dict[str, Any], **_facts: Any) -> None:
    pulse.acknowledged(name, task)
