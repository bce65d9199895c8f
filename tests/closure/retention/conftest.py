"""A folder of archive keys for each test."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def key_folder(settings: Any, tmp_path: Path) -> Path:
    """Return the folder that the keys of this test's months are in."""
    settings.ARCHIVE_KEYS_DIR = tmp_path / "keys"
    return tmp_path / "keys"
