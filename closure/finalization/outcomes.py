"""What a step can say about one request."""

from dataclasses import dataclass

from closure.enums import HeldReason


@dataclass(frozen=True)
class Done:
    """The step is done, or was already."""


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Something stands against closing; `code` says what, for the journal."""

    causes: frozenset[HeldReason]
    code: str


@dataclass(frozen=True, kw_only=True)
class Retry:
    """It did not work this time; `error` is a code without personal data."""

    error: str


@dataclass(frozen=True, kw_only=True)
class Fatal:
    """It will not work by trying again soon: staff have to look."""

    error: str


Outcome = Done | Hold | Retry | Fatal
