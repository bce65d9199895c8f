"""The table of rows, shown on a small suite of its own."""

import pytest

from tests.architecture.source import ROOT
from tests.plugins.rows import ROWS, load_rows

pytest_plugins = ["pytester"]
SUITE = """
    import pytest

    @pytest.mark.row("A03", "{row}")
    @pytest.mark.parametrize("number", [1, 2])
    def test_margin_is_empty(number): pass
"""
PLUGIN = ("-p", "tests.plugins.rows", "-p", "no:django")


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile(test_margin=SUITE.format(row="A04"))
    return pytester


def test_rows_are_unique_and_in_order() -> None:
    assert list(ROWS) == sorted(ROWS)
    assert len(load_rows()) == 140


def test_table_names_the_tests_behind_a_row_once(suite: pytest.Pytester) -> None:
    result = suite.runpytest_subprocess(*PLUGIN, "--rows")
    assert result.ret == pytest.ExitCode.OK
    assert (
        result.outlines[2 + list(ROWS).index("A03")]
        == f"| A03 | {ROWS['A03']} | test_margin.py::test_margin_is_empty |"
    )
    assert result.outlines[2 + list(ROWS).index("A05")] == f"| A05 | {ROWS['A05']} | - |"
    assert result.outlines[-1] == "2 of 140 rows are proven by at least one test."


def test_unknown_row_fails_the_collection(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_other=SUITE.format(row="Z01"))
    result = suite.runpytest_subprocess(*PLUGIN)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*rows that do not exist: Z01*"])
