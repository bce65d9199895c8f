"""Draws docs/roles.md from the powers of staff."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.role_table import document

FILE = Path("docs") / "roles.md"


class Command(BaseCommand):
    requires_system_checks: ClassVar[list[str]] = []  # type: ignore[misc]  # it reads no table
    help = "Draw docs/roles.md from the powers of staff. --check: exit 1 when the file is not what it would be."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, fail when the file is old")

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / FILE
        drawn = document()
        if options["check"]:
            if not path.exists() or path.read_text(encoding="utf-8") != drawn:
                raise CommandError(f"{FILE} is not what the powers say. Run manage.py draw_roles.")
            return
        path.write_text(drawn, encoding="utf-8")
        self.stderr.write(f"{FILE} written")
