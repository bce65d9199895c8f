"""The demo: sample customers, caught messages, a clock that can be moved. Installed only with DEMO=1."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "portal.demo"
    label = "demo"
    verbose_name = "Demo"

    def ready(self) -> None:
        """Let the portal's clock run ahead by what the demo's file says, in every process."""
        from accounts import clock
        from portal.demo import clock_file

        clock.set_offset_source(clock_file.read)
