"""Files of checkpoints that somebody kept, in the two forms they come in."""

import json

import pytest

from accounts.published import Unreadable, read_notes

pytestmark = pytest.mark.row("H07")
FIRST = "a/journal\n1\nAA==\n\n— a/journal AAAA\n"
SECOND = "a/journal\n2\nAA==\n\n— a/journal AAAA\n— witness BBBB\n"


def test_notes_one_after_the_other_are_taken_apart() -> None:
    assert read_notes(FIRST + SECOND + FIRST) == [FIRST, SECOND, FIRST]
    assert read_notes(f"\n{FIRST}\n\n{SECOND}\n") == [FIRST, SECOND]


def test_lines_of_an_export_are_taken_apart() -> None:
    told = [
        {"type": "event", "position": 0},
        {"type": "checkpoint", "tree_size": 1, "note": FIRST},
        {"type": "checkpoint", "tree_size": 2, "note": SECOND},
        {"type": "summary"},
    ]
    assert read_notes("\n".join(json.dumps(line) for line in told)) == [FIRST, SECOND]


def test_what_ends_without_a_signature_is_kept_to_be_refused() -> None:
    assert read_notes(f"{FIRST}half of\n") == [FIRST, "half of\n"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it holds no checkpoint"),
        ("\n \n", "it holds no checkpoint"),
        ('{"type":"summary"}\n', "it holds no checkpoint"),
        ('{"type":"checkpoint"}\n', "line 1 is no line of an export"),
        ('{"type":"summary"}\n[]\n', "line 2 is no line of an export"),
        ('{"type":"summary"}\n\n', "line 2 is no line of an export"),
    ],
)
def test_file_without_checkpoints_is_refused_with_its_line(text: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read_notes(text)
