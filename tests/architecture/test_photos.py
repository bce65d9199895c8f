"""A photo that was sent is opened for staff alone, by one page: customers get nothing back, by page, API or file."""

import ast

import pytest

from tests.architecture.source import product

OPENS = "photo_of"


@pytest.mark.row("J13")
def test_photos_are_opened_by_the_console_alone() -> None:
    named = {
        module.relative
        for module in product()
        for node in ast.walk(module.tree)
        if OPENS in (getattr(node, "id", ""), getattr(node, "attr", ""), getattr(node, "name", ""))
    }
    assert named == {"closure/evidence/contents.py", "closure/admin/evidence.py"}
