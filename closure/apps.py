"""Leaving and coming back: policy, exchange, preflight, lifecycle, operations, finalization."""

from django.apps import AppConfig


class ClosureConfig(AppConfig):
    name = "closure"
    verbose_name = "Closure"

    def ready(self) -> None:
        """Let changes wake the queue, which belongs above them, and the sender make the links of our messages."""
        from accounts.messages import wake as outbox
        from closure import after_reset, status_links, tasks, wake, waking, watched

        wake.plug(tasks.hint)
        outbox.set_wake(tasks.hint_outbox)
        status_links.plug()
        watched.plug()
        after_reset.plug()
        waking.plug()
