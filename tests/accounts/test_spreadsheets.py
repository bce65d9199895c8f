"""Tables in which no spreadsheet runs anything, and in which no digit is lost."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.spreadsheets import BLOCK, csv_blocks, safe_cell

pytestmark = pytest.mark.row("B10")
RUNNING = "=+-@|%\uff1d\uff0b\uff0d\uff20"


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx", "|calc", "%0A", " =1", "\uff1d1+1", "\r\nx", '=HYPERLINK("x","y")\n'],
)
def test_cells_that_a_spreadsheet_would_run_are_quoted(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("text", "safe"), [("x;=1", "x;'=1"), ("x; -cmd", "x;' -cmd"), ("a\t=b", "a\t'=b"), ("a\n@b", "a\n'@b")]
)
def test_cells_that_other_signs_would_split_are_quoted_inside(text: str, safe: str) -> None:
    assert safe_cell(text) == safe


@pytest.mark.parametrize(
    "text", ["-0.5", "+1", "1e-7", "-1E+5", "0E-8", "-.5", "5.", "BTC", "", "2026-01-01", "a=b", "t-1", "fee, -5%"]
)
def test_numbers_and_plain_text_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text


@given(st.text(alphabet=st.sampled_from([*RUNNING, *"aA1.;\t\r\n \"',e"]), max_size=12))
def test_no_cell_runs_whatever_it_is_split_at(text: str) -> None:
    safe = safe_cell(text)
    parts = re.split(r"[;\t\r\n]", safe)
    number = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
    assert [part for part in parts if part.lstrip().startswith(tuple(RUNNING)) and not number.fullmatch(text)] == []
    assert safe.replace("'", "") == text.replace("'", "")


@given(st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=2), max_size=8))
def test_tables_come_back_cell_by_cell(rows: list[list[str]]) -> None:
    text = b"".join(csv_blocks(rows)).decode()
    assert list(csv.reader(io.StringIO(text, newline=""))) == [[safe_cell(cell) for cell in row] for row in rows]


def test_large_tables_come_in_blocks() -> None:
    blocks = list(csv_blocks(["x" * 99, "y"] for _row in range(10_000)))
    assert len(b"".join(blocks)) == 10_000 * 103
    assert (len(blocks) > 10, max(map(len, blocks)) < BLOCK + 200) == (True, True)
