"""One run of a command at a time on a machine: a file lock that ends with the process, however it ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

ANOTHER_RUN_HOLDS_THE_LOCK = 4


class AnotherRun(Exception):
    """Another process holds the lock of this command."""


@contextmanager
def only_run(name: str) -> Iterator[None]:
    """Hold the lock of `name` in VAR_DIR; raises AnotherRun at once when somebody else holds it."""
    with (settings.VAR_DIR / f"{name}.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AnotherRun(name) from error
        yield
