"""Commands that draw a page of the docs from the code, and tell when it is old."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class DrawCommand(BaseCommand):
    """Writes `file`, below the folder of the project, as `document` returns it."""

    requires_system_checks: ClassVar[list[str]] = []  # type: ignore[misc]  # it reads no table
    file: ClassVar[Path]
    document: ClassVar[Callable[[], str]]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add checking alone."""
        parser.add_argument("--check", action="store_true", help="write nothing, fail when the file is old")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it, or fail where it is not what it would be."""
        path, drawn = settings.BASE_DIR / self.file, type(self).document()
        if options["check"]:
            if not path.exists() or path.read_text(encoding="utf-8") != drawn:
                name = type(self).__module__.rpartition(".")[2]
                raise CommandError(f"{self.file} is not what the code says. Run manage.py {name}.")
            return
        path.parent.mkdir(exist_ok=True)
        path.write_text(drawn, encoding="utf-8")
        self.stderr.write(f"{self.file} written")
