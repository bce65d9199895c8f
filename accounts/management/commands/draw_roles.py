"""Draws docs/roles.md from the powers of staff."""

from pathlib import Path

from accounts.management.drawing import DrawCommand
from accounts.role_table import document

FILE = Path("docs") / "roles.md"


class Command(DrawCommand):
    help = "Draw docs/roles.md from the powers of staff. --check: exit 1 when the file is not what it would be."
    file = FILE
    document = staticmethod(document)
