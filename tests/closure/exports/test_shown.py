"""Exports in words: states, sizes, progress and reasons."""

import pytest

from closure.exports import shown
from closure.exports.enums import ExportFailure, ExportState
from closure.models import Export
from closure.poison import calling

S = ExportState


@pytest.mark.parametrize(
    ("state", "said", "expected"),
    [
        (S.QUEUED, "", S.QUEUED),
        (S.QUEUED, "Unreachable", S.QUEUED),
        (S.QUEUED, calling(0), S.BUILDING),
        (S.QUEUED, calling(3), S.BUILDING),
        (S.READY, "", S.READY),
        (S.FAILED, "its worker died 5 times", S.FAILED),
    ],
)
def test_building_is_said_while_somebody_is_at_it(state: S, said: str, expected: S) -> None:
    assert shown.state_of(Export(state=state, last_error=said)) is expected


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1023 bytes"),
        (1024, "1.0 KB"),
        (1024**2 - 1, "1023.9 KB"),
        (1024**2, "1.0 MB"),
        (80_999_999, "77.2 MB"),
        (5 * 1024**5, "5120.0 TB"),
    ],
)
def test_size_in_words(size: int, text: str) -> None:
    assert shown.size(Export(size=size)) == text


@pytest.mark.parametrize(("lines", "text"), [(0, ""), (1, "1 line so far"), (1_234_567, "1,234,567 lines so far")])
def test_progress_in_words(lines: int, text: str) -> None:
    assert shown.progress(Export(lines=lines)) == text


@pytest.mark.parametrize("reason", list(ExportFailure))
def test_every_failure_says_what_to_do(reason: ExportFailure) -> None:
    assert "Ask for it again" in shown.failure(Export(reason=reason))
