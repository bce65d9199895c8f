"""The portal for the campaign: as it is, but for a wait that a request may ask for, as if it leaked that much."""

import time
from typing import Any

from portal.wsgi import application as portal

WORKED = "X-Worked-Nanoseconds"
PLANTED = "HTTP_X_PLANTED_MICROSECONDS"


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """Answer as the portal does, after the wait; busy, because a sleep is never as short as that."""
    started = time.process_time_ns()
    ends = time.perf_counter() + int(environ.pop(PLANTED, "0")) / 1e6
    while time.perf_counter() < ends:
        pass

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        """Say how long the processor worked; the page is made by now."""
        return start_response(status, [*headers, (WORKED, str(time.process_time_ns() - started))], *rest)

    return portal(environ, start)
