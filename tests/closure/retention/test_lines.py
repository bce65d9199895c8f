"""Rows as text that outlives the program: one a line, in parts of bounded size."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from closure.retention import lines
from closure.retention.lines import PART_BYTES, line, parts, read

ROW = {
    "name": "Ána\nDiaz",
    "at": datetime(2026, 3, 10, 14, 20, tzinfo=UTC),
    "day": date(2030, 1, 31),
    "key": UUID(int=7),
    "amount": Decimal("0.10"),
    "salt": b"\x01\xff",
    "none": None,
    "list": [1, {"a": True}],
}


def test_line_says_everything_in_plain_forms() -> None:
    text = line("accounts.Account", ROW)
    assert (text.count(b"\n"), text.endswith(b"\n")) == (1, True)
    assert json.loads(text) == {
        "table": "accounts.Account",
        "name": "Ána\nDiaz",
        "at": "2026-03-10T14:20:00+00:00",
        "day": "2030-01-31",
        "key": str(UUID(int=7)),
        "amount": "0.10",
        "salt": "01ff",
        "none": None,
        "list": [1, {"a": True}],
    }


def test_line_refuses_what_has_no_plain_form() -> None:
    with pytest.raises(TypeError, match="object has no plain form"):
        line("x", {"value": object()})
    with pytest.raises(ValueError, match="JSON"):
        line("x", {"value": float("nan")})


@given(st.lists(st.text(max_size=40)), st.integers(1, 200))
def test_parts_hold_every_line_in_order_and_no_more_than_they_may(texts: list[str], most: int) -> None:
    told = [line("x", {"text": text}) for text in texts]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "PART_BYTES", most)
        made = list(parts(told))
    assert [row["text"] for part in made for row in read(part)] == texts
    assert all(len(part) <= most or part.count(b"\n") == 1 for part in made)
    assert len(made) >= 1


def test_parts_of_nothing_are_one_empty_part() -> None:
    assert (list(parts([])), read(b""), PART_BYTES) == ([b""], [], 262_144)
