"""Starting the demo where something else listens already."""

import io
import socket
from collections.abc import Iterator

import pytest
from django.core.management import CommandError

from portal.demo import launcher


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server((launcher.HOST, 0)) as other:
        yield other.getsockname()[1]


def test_port_that_is_taken_is_said_in_one_line(taken: int) -> None:
    out = io.StringIO()
    with pytest.raises(CommandError, match=rf"^Port {taken} cannot be used .*PORT=8001$"):
        launcher.run(port=taken, reset=True, with_worker=True, out=out)
    assert out.getvalue() == ""


def test_port_that_is_none_is_said_in_one_line() -> None:
    with pytest.raises(CommandError, match=r"^Port 70000 cannot be used "):
        launcher.run(port=70000, reset=True, with_worker=True, out=io.StringIO())
