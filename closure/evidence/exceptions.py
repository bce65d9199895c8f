"""Refusals inside the limited process; the portal's side turns them into words (closure.exceptions)."""

from closure.evidence.enums import Refusal


class NotTaken(Exception):
    """A file is not taken in."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
