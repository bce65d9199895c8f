"""Ties tests to the rows of the requirements: `@pytest.mark.row("A03")`, and `pytest --rows` prints who proves what.

The rows, with short titles of our own, are data: tests/data/rows.toml.
"""

import sys
import tomllib
from collections.abc import Generator, Sequence
from pathlib import Path

import pytest

Made = pytest.Item | pytest.Collector | list[pytest.Item | pytest.Collector] | None
ROWS_FILE = Path(__file__).parent.parent / "data" / "rows.toml"


def load_rows(path: Path = ROWS_FILE) -> dict[str, str]:
    """Return the title of every row by its id, in the order of the file."""
    groups: dict[str, dict[str, str]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return {row: title for group in groups.values() for row, title in group.items()}


ROWS = load_rows()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rows", action="store_true", help="print the rows and the tests behind each, and run nothing")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    if config.option.rows:
        config.option.collectonly = True


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    if config.option.rows:
        # The table alone goes to stdout, so that it can be kept as a file.
        config.pluginmanager.unregister(name="terminalreporter")
        config.pluginmanager.register(Printer())


@pytest.hookimpl(wrapper=True)
def pytest_pycollect_makeitem(collector: pytest.Module | pytest.Class) -> Generator[None, Made, Made]:
    """Refuse a row that does not exist where the test is collected, so that every worker reports it alike."""
    made = yield
    found = made if isinstance(made, list) else [made]
    unknown = {row for item in found if isinstance(item, pytest.Item) for row in rows_of(item) if row not in ROWS}
    if unknown:
        message = f"rows that do not exist: {', '.join(sorted(unknown))}"
        raise collector.CollectError(message)
    return made


class Printer:
    """Stands in for the terminal reporter when the table is asked for."""

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            sys.stderr.write(f"{report.longreprtext}\n")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        sys.stdout.write("\n".join(table(session.items)) + "\n")


def rows_of(item: pytest.Item) -> list[str]:
    """Return the ids that the markers of a test name, its own and those of its class and module."""
    return [str(row) for marker in item.iter_markers("row") for row in marker.args]


def table(items: Sequence[pytest.Item]) -> list[str]:
    """Return the lines of a Markdown table: every row, its title, and the tests that name it."""
    tests: dict[str, list[str]] = {row: [] for row in ROWS}
    for item in items:
        # Parametrized cases of one test prove the row together.
        name = item.nodeid.partition("[")[0]
        for row in rows_of(item):
            if name not in tests[row]:
                tests[row].append(name)
    proven = sum(1 for names in tests.values() if names)
    lines = ["| row | what holds | tests |", "|-|-|-|"]
    lines += [f"| {row} | {ROWS[row]} | {'<br>'.join(sorted(names)) or '-'} |" for row, names in tests.items()]
    return [*lines, "", f"{proven} of {len(ROWS)} rows are proven by at least one test."]
