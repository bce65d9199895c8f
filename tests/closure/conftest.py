"""Fixtures of tests about closing, sleeping and coming back."""

from collections.abc import Iterator

import pytest

from closure.evidence import store


@pytest.fixture
def no_photos_left() -> Iterator[None]:
    """Remove the files of photos that a test kept: they are no part of its database."""
    yield
    for name in store.names():
        store.remove(name)
