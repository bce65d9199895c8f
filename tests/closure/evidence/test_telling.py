"""What is checked of a photo is promised by what is installed; what was not checked is never told as fine."""

import pytest

from closure.evidence import basics, telling
from closure.evidence.decode import decode
from closure.evidence.enums import Fault, FileType, PhotoCheck, Subject
from closure.evidence.verdicts import not_checked, ok, refused
from tests.closure.evidence.drawing import encoded, picture

pytestmark = pytest.mark.row("J18")
C = PhotoCheck
OPEN = "Not checked at once: %s. A person looks at that."


@pytest.mark.parametrize("subject", Subject)
def test_checks_of_pixels_are_those_that_are_made(subject: Subject) -> None:
    photo = decode(encoded(picture(1, (960, 720))), FileType.JPEG)
    assert tuple(verdict.check for verdict in basics.check(photo, subject)) == basics.CHECKS[subject]


def test_promise_names_what_is_checked_with_the_extra() -> None:
    assert telling.promise(Subject.PERSON) == (
        "When you send it, we check at once: size; light; sharpness; a real photo; one face, and not only a head; "
        "written by hand; upright."
    )
    assert telling.promise(Subject.DOCUMENT) == (
        "When you send it, we check at once: size; light; sharpness; reflections; a real photo; all four edges; "
        "upright."
    )


@pytest.mark.usefixtures("without_opencv")
def test_promise_names_what_nobody_checks_without_the_extra() -> None:
    open_ones = OPEN % "one face, and not only a head; written by hand; upright"
    assert telling.promise(Subject.PERSON) == (
        f"When you send it, we check at once: size; light; sharpness; a real photo. {open_ones}"
    )
    assert telling.promise(Subject.DOCUMENT).endswith(OPEN % "all four edges; upright")


def test_what_was_not_checked_is_told_whether_a_check_says_so_or_nothing() -> None:
    verdicts = [ok(C.SIZE), ok(C.LIGHT), refused(C.BLUR, Fault.BLURRED), not_checked(C.FACE)]
    assert telling.left_open(Subject.PERSON, verdicts) == (C.SCREEN, C.FACE, C.TYPED, C.UPRIGHT)
    named = OPEN % "a real photo; one face, and not only a head; written by hand; upright"
    assert telling.found(Subject.PERSON, verdicts) == f"Checked, and fine: size; light. {named}"
    assert [text.split(". ")[0] for text in telling.rules(verdicts)] == ["The photo is blurred"]


def test_all_checked_leaves_nothing_to_tell_and_nothing_checked_praises_nothing() -> None:
    every = [ok(check) for check in telling.checks(Subject.DOCUMENT)]
    assert (telling.unchecked(Subject.DOCUMENT, every), telling.left_open(Subject.DOCUMENT, every)) == ("", ())
    assert telling.found(Subject.DOCUMENT, every).startswith("Checked, and fine: size; light; sharpness; reflections; ")
    assert telling.found(Subject.DOCUMENT, []).startswith("Not checked at once: size; light; ")
