"""What comes out of the limited processes is checked; what was not looked at is never called fine."""

import sys
from datetime import datetime
from typing import Any

import pytest

from closure.evidence import intake, sandbox
from closure.evidence.enums import Refusal, Subject
from closure.evidence.limits import MOST_BYTES
from closure.exceptions import FileNotTaken
from tests.closure.evidence.drawing import encoded, picture
from tests.closure.evidencing import photo

pytestmark = pytest.mark.row("J15", "J18")
FACTS: dict[str, Any] = {"width": 960, "height": 720, "likeness": "0" * 64, "verdicts": [["size", "ok", ""]]}


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (b"", Refusal.EMPTY),
        (b"\xff\xd8\xff" + bytes(MOST_BYTES), Refusal.TOO_MANY_BYTES),
        (b"<svg/>", Refusal.UNKNOWN_TYPE),
        (encoded(picture(1), "GIF"), Refusal.UNKNOWN_TYPE),
        (encoded(picture(1))[:900], Refusal.BROKEN),
    ],
)
def test_file_is_refused_with_what_to_do(file: bytes, code: Refusal, now: datetime) -> None:
    with pytest.raises(FileNotTaken) as refused:
        intake.take_in(file, Subject.PERSON, now=now)
    assert (refused.value.code, refused.value.message.count(". ") >= 1) == (code.value, True)


def test_answer_of_a_process_is_taken_when_it_is_one() -> None:
    taken = intake.understood(sandbox.Told(facts=FACTS, photo=photo().jpeg), b"file")
    assert (taken.width, taken.height, len(taken.verdicts)) == (960, 720, 1)


@pytest.mark.parametrize(
    "lie",
    [
        {"width": 961},
        {"width": 0},
        {"width": "many"},
        {"height": 2401},
        {"likeness": "0"},
        {"likeness": "x" * 64},
        {"verdicts": [["size", "fine", ""]]},
        {"verdicts": [["size"]]},
        {"verdicts": ["size"]},
        {"refused": "because"},
    ],
)
def test_answer_that_cannot_be_is_refused(lie: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        intake.understood(sandbox.Told(facts={**FACTS, **lie}, photo=photo().jpeg), b"file")


@pytest.mark.parametrize("jpeg", [b"", b"<svg/>", photo().jpeg + b"more", photo().jpeg[:-1]])
def test_photo_that_is_not_bare_is_refused(jpeg: bytes) -> None:
    with pytest.raises(ValueError, match="bare"):
        intake.understood(sandbox.Told(facts=FACTS, photo=jpeg), b"file")


def test_photo_that_no_process_can_be_started_for_is_asked_for_again(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(intake.Busy) as busy:
        intake.take_in(encoded(picture(1)), Subject.PERSON, now=now)
    assert busy.value.retry_at == now + intake.COME_BACK


def test_more_photos_than_places_are_asked_to_come_back(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "WAIT_SECONDS", 0.01)
    with intake._place(now), intake._place(now), pytest.raises(intake.Busy) as busy:
        intake.take_in(encoded(picture(1)), Subject.PERSON, now=now)
    assert (busy.value.code, busy.value.retry_at) == ("busy", now + intake.COME_BACK)
