"""Wiring, the staff site and the worker; no rules and no models of its own."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Portal"

    def ready(self) -> None:
        """Register the checks of a deployment."""
        from portal import checks  # noqa: F401  (they register themselves)
