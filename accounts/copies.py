"""Copies of what stays of closures, kept by a higher floor outside of the database (H06)."""

from collections.abc import Collection
from typing import Protocol
from uuid import UUID


class Copies(Protocol):
    """Writes anew what is kept of these closures elsewhere, in the transaction that changes it."""

    def __call__(self, file_ids: Collection[UUID], /) -> None: ...


def no_copies(file_ids: Collection[UUID], /) -> None:
    """Keep nothing elsewhere."""


_copies: Copies = no_copies


def set_copies(keeper: Copies) -> None:
    """Plug in who keeps copies; `no_copies` puts the default back."""
    global _copies  # noqa: PLW0603  (wiring is process-wide, done once at start)
    _copies = keeper


def rewrite(file_ids: Collection[UUID]) -> None:
    """Have what is kept of these closures elsewhere written anew."""
    if file_ids:
        _copies(file_ids)
