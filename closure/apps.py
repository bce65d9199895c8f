"""Leaving and coming back: policy, exchange, preflight, lifecycle, operations, finalization."""

from django.apps import AppConfig


class ClosureConfig(AppConfig):
    name = "closure"
    verbose_name = "Closure"

    def ready(self) -> None:
        """Plug in what lower floors need of this one: powers of staff, wake-ups, our messages, open closures, holds."""
        from accounts import blocked, copies
        from accounts.messages import kept
        from accounts.messages import wake as outbox
        from closure import (
            after_reset,
            at_core,
            disable_notice,
            doubted,
            mails,
            powers,
            recovery_papers,
            status_links,
            tasks,
            wake,
            waking,
            watched,
        )
        from closure.dormancy import notices
        from closure.reactivation import ending as reactivation_ending
        from closure.reactivation import links as reactivation_links
        from closure.reactivation import mails as reactivation_mails
        from closure.reactivation import stopping
        from closure.restore import book
        from closure.retention import holding

        self.powers = powers.POWERS
        wake.plug(tasks.hint)
        outbox.set_wake(tasks.hint_outbox)
        kept.plug((*mails.TOLD, *reactivation_mails.TOLD))
        status_links.plug()
        disable_notice.plug()
        reactivation_links.plug()
        reactivation_ending.plug()
        stopping.plug()
        doubted.plug()
        watched.plug()
        at_core.plug()
        after_reset.plug()
        recovery_papers.plug()
        waking.plug()
        notices.plug()
        blocked.set_held(holding.held)
        copies.set_copies(book.rewrite)
