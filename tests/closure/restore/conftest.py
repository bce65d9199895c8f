"""A book of its own for each test."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def book_folder(settings: Any, tmp_path: Path) -> Path:
    """Return the folder of a book, and of archive keys beside it, that no other test has."""
    settings.ARCHIVE_KEYS_DIR = tmp_path / "keys"
    settings.CLOSURE_BOOK_DIR = tmp_path / "book"
    return tmp_path / "book"
