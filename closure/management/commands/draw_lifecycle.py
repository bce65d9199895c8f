"""Draws docs/lifecycle.md from the table of transitions."""

from pathlib import Path

from accounts.management.drawing import DrawCommand
from closure.drawing import document

FILE = Path("docs") / "lifecycle.md"


class Command(DrawCommand):
    help = (
        "Draw docs/lifecycle.md from the table of transitions. --check: exit 1 when the file is not what it would be."
    )
    file = FILE
    document = staticmethod(document)
