"""What stays, how long, and its end. Never imports its parent; knows a customer by an opaque key only."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "closure.retention"
    label = "retention"
    verbose_name = "Retention"

    def ready(self) -> None:
        """Register the checks of the archive, and what staff may do about it."""
        from closure.retention import (
            checks,  # noqa: F401  (they register themselves)
            powers,
        )

        self.powers = powers.POWERS
