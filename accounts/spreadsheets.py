"""Tables as CSV (RFC 4180, UTF-8) in which no spreadsheet runs anything: text may come from strangers (B10)."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

# What runs is a cell that begins so, in its wide form too. A plain number may begin with a sign.
STARTS = "=+\\-@|%\uff1d\uff0b\uff0d\uff20"
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# Programs that split at other signs than commas see more cells than there are: these begin one too.
RUNS = re.compile(rf"(?:(?<=[;\t\r\n])|^)(?=\s*[{STARTS}])|^(?=[\t\r\n])")
BLOCK = 64 * 1024


def safe_cell(text: str) -> str:
    """Return a cell that every spreadsheet shows as text: where it would run, a quote goes before it."""
    if text.isalnum() or NUMBER.fullmatch(text):
        return text
    return RUNS.sub("'", text)


def csv_blocks(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Yield the rows as CSV, in blocks of some size: memory does not grow with their number."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
        if text.tell() >= BLOCK:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()
