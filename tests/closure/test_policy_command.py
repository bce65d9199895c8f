"""`policy show`, `check` and `list`: what they print and how they exit."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from closure.policy import loader

VERSION = loader.version(loader.load("standard"))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str], str]:
    code = 0
    try:
        call_command("policy", *arguments)
    except SystemExit as left:
        code = int(left.code or 0)
    out, err = capsys.readouterr()
    return code, out.splitlines(), err


def test_show_prints_every_section(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines, _err = run(capsys, "show", "standard")
    sections = [line for line in lines if line.startswith("[")]
    expected = [
        f"[{name}]" for name, value in loader.to_mapping(loader.load("standard")).items() if isinstance(value, dict)
    ]
    assert (code, lines[0], sections) == (0, f"policy standard, version {VERSION}", expected)


def test_show_as_json_ends_with_a_summary(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines, _err = run(capsys, "show", "--json")
    assert code == 0
    assert [json.loads(line) for line in lines] == [
        loader.to_mapping(loader.load("standard")),
        {"summary": {"name": "standard", "version": VERSION, "warnings": []}},
    ]


def test_show_policy_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines, err = run(capsys, "show", "nothing")
    assert (code, lines) == (1, [])
    assert err.startswith("nothing: there is no such preset")


def test_list_says_which_is_in_force(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines, _err = run(capsys, "list")
    in_force = [line for line in lines if line.endswith("(in force)")]
    assert (code, len(lines), in_force) == (0, len(loader.presets()), [f"standard {VERSION} (in force)"])


def test_check_of_all_presets_passes(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines, _err = run(capsys, "check", "--json")
    summary = json.loads(lines[-1])
    assert (code, summary) == (0, {"summary": {"checked": len(loader.presets()), "broken": 0}})


def test_check_tells_problems_and_goes_on(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text((loader.PRESETS / "standard.toml").read_text().replace('due = "8 d"', 'due = "6 d"'))
    code, lines, _err = run(capsys, "check", str(path), "standard")
    assert code == 3
    assert lines == [
        f"{path}: not usable",
        "  problem: [waiting] due is before wait ends",
        f"standard: ok, version {VERSION}",
    ]


def test_check_prints_warnings_of_legal_policies(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    text = (loader.PRESETS / "standard.toml").read_text()
    path.write_text(text.replace('by = ["customer", "support"]', "by = []"))
    code, lines, _err = run(capsys, "check", str(path), "--json")
    first: dict[str, Any] = json.loads(lines[0])
    told = ["[cancelling] by: nobody may cancel, whatever happens while it waits"]
    assert (code, first["problems"], first["warnings"]) == (0, [], told)
