"""A photo that was sent is opened for staff alone, to be shown or seen to open: customers get nothing back."""

import ast

import pytest

from tests.architecture.source import product

OPENS = "photo_of"


@pytest.mark.row("J13")
def test_photos_are_opened_by_the_console_and_the_look_before_it_alone() -> None:
    named = {
        module.relative
        for module in product()
        for node in ast.walk(module.tree)
        if OPENS in (getattr(node, "id", ""), getattr(node, "attr", ""), getattr(node, "name", ""))
    }
    # The operation opens it and gives nothing out: what does not open has not been looked at.
    assert named == {"closure/evidence/contents.py", "closure/operations/evidence.py", "closure/admin/evidence.py"}
