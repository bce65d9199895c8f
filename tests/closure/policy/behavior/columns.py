"""A cell of every preset, as what it does: each test here is asked for all of them, with what each comes to."""

from collections.abc import Mapping
from typing import Any

import pytest

from closure.policy import loader


def by_preset(expected: str, column: Mapping[str, Any]) -> pytest.MarkDecorator:
    """Ask a test for every preset, with what its cell comes to under the name `expected`."""
    assert sorted(column) == loader.presets(), "each preset has its cell, and nothing else has one"
    return pytest.mark.parametrize(("preset", expected), list(column.items()), ids=list(column))
