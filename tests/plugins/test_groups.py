"""Tests of a group run one after the other in one worker of pytest-xdist.

Processes of the queue are given time by the clock, so their tests take turns. A release of pytest left groups without
effect and said nothing.
"""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
SUITE = """
    import os, pathlib, time
    import pytest

    @pytest.mark.xdist_group("turns")
    @pytest.mark.parametrize("number", range(4))
    def test_it(number, worker_id):
        pathlib.Path(os.environ["TOLD"], str(number)).write_text(worker_id)
        time.sleep(0.1)
"""
DISTRIBUTED = ("-p", "no:django", "--numprocesses", "2", "--dist", "loadgroup")


def test_group_runs_in_one_worker(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TOLD", str(tmp_path))
    pytester.makepyfile(test_turns=SUITE)
    result = pytester.runpytest_subprocess(*DISTRIBUTED)
    assert result.ret == pytest.ExitCode.OK
    told = [path.read_text() for path in tmp_path.iterdir() if path.is_file()]
    assert (len(told), len(set(told))) == (4, 1)
