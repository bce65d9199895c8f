"""Reads checkpoints that were kept outside: notes one after the other, or lines of `export_journal`."""

import json

from accounts.checkpoints import SIGNATURE


class Unreadable(Exception):
    """A file that holds no checkpoints; its words say where."""


def read_notes(text: str) -> list[str]:
    """Return the checkpoints in a file, as signed notes; raises Unreadable. Who signed them is not asked here."""
    found = _exported(text) if text.lstrip().startswith("{") else _one_after_the_other(text)
    if not found:
        raise Unreadable("it holds no checkpoint")
    return found


def _exported(text: str) -> list[str]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            told = json.loads(line)
            if told.get("type") == "checkpoint":
                found.append(str(told["note"]))
        except (ValueError, AttributeError, KeyError) as error:
            raise Unreadable(f"line {number} is no line of an export") from error
    return found


def _one_after_the_other(text: str) -> list[str]:
    """Split where lines of signatures end; what does not end with one is kept, to be refused by name."""
    found: list[list[str]] = [[]]
    for line in text.splitlines(keepends=True):
        if found[-1] and found[-1][-1].startswith(SIGNATURE) and not line.startswith(SIGNATURE):
            found.append([])
        if line.strip() or found[-1]:
            found[-1].append(line)
    return ["".join(lines) for lines in found if lines]
