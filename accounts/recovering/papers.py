"""The documents of a recovery: the floor above takes them in, and says what is missing and who looked at them."""

from typing import Protocol

from accounts.actors import Actor
from accounts.models import Case


class Papers(Protocol):
    """What the floor above knows of the photos of a case."""

    def missing(self, case: Case) -> list[str]:
        """Return the codes of photos that are still to be sent."""

    def are_seen(self, case: Case, actor: Actor) -> bool:
        """Tell whether a member of staff looked at every photo of the case."""


class Nobody:
    """Nobody takes documents in, so none are there: nothing is sent to staff, and nothing is decided."""

    def missing(self, case: Case) -> list[str]:
        """Return that something is."""
        return ["document"]

    def are_seen(self, case: Case, actor: Actor) -> bool:
        """Return False."""
        return False


_papers: Papers = Nobody()


def plug(papers: Papers) -> None:
    """Ask this one from now on."""
    global _papers  # noqa: PLW0603  (set once, when the apps are ready)
    _papers = papers


def missing(case: Case) -> list[str]:
    """Return the codes of photos that are still to be sent."""
    return _papers.missing(case)


def are_seen(case: Case, actor: Actor) -> bool:
    """Tell whether a member of staff looked at every photo of the case."""
    return _papers.are_seen(case, actor)
