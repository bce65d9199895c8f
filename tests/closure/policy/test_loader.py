"""Policies are found by name or path, named by a hash of their contents, and pinned whole."""

import json
from pathlib import Path
from typing import Any

import pytest

from closure.policy import loader
from tests.closure.policy.mappings import changed

STANDARD = loader.PRESETS / "standard.toml"


def written(folder: Path, *replacements: tuple[str, str]) -> str:
    text = STANDARD.read_text()
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    path = folder / "mine.toml"
    path.write_text(text)
    return str(path)


def problems(source: str) -> tuple[str, tuple[str, ...]]:
    with pytest.raises(loader.PolicyError) as refused:
        loader.load(source)
    return refused.value.source, refused.value.problems


@pytest.mark.parametrize("name", loader.presets())
def test_load_every_preset(name: str) -> None:
    assert loader.load(name).name == name


def test_current_is_the_policy_of_the_settings(settings: Any, tmp_path: Path) -> None:
    settings.PORTAL_POLICY = written(tmp_path, ('name = "standard"', 'name = "mine"'), ('wait = "7 d"', 'wait = "6 d"'))
    assert (loader.current().name, loader.current().waiting.wait.days) == ("mine", 6)


def test_load_file_that_changed_is_read_again(tmp_path: Path) -> None:
    source = written(tmp_path, ('wait = "7 d"', 'wait = "6 d"'))
    before = loader.version(loader.load(source))
    Path(source).write_text(Path(source).read_text().replace('wait = "6 d"', 'wait = "5 d"'))
    assert (loader.load(source).waiting.wait.days, loader.version(loader.load(source)) == before) == (5, False)


@pytest.mark.parametrize("name", ["nothing", "../presets/standard", "", "standard "])
def test_load_unknown_preset(name: str) -> None:
    known = ", ".join(loader.presets())
    assert problems(name) == (name, (f"there is no such preset; there are {known}, or give a path",))


def test_load_file_that_is_not_there(tmp_path: Path) -> None:
    path = str(tmp_path / "mine.toml")
    assert problems(path) == (path, ("cannot be read: No such file or directory",))


def test_load_names_file_section_and_field(tmp_path: Path) -> None:
    source = written(tmp_path, ('due = "8 d"', 'due = "6 d"'), ('window = "10 min"', 'window = "1 h"'))
    assert problems(source) == (
        "mine.toml",
        ("[verification] window must be 5 to 10 minutes (D02)", "[waiting] due is before wait ends"),
    )


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"name = ", "is not TOML: Invalid value (at end of document)"),
        (b"\xff", "is not TOML: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
        (b"#" * 100_001, "is larger than 100000 bytes"),
    ],
    ids=["broken", "not UTF-8", "too large"],
)
def test_load_file_that_is_no_policy(content: bytes, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    assert problems(str(path)) == ("mine.toml", (problem,))


@pytest.mark.row("E08")
def test_version_is_that_of_the_contents_alone(tmp_path: Path) -> None:
    same = written(tmp_path, ('"7 d"', '"168 h"'), ('["web", "app", "api"]', '["api", "web", "app"]'))
    assert loader.version(loader.load(same)) == loader.version(loader.load("standard"))


@pytest.mark.row("E08")
def test_version_changes_with_every_cell() -> None:
    standard = loader.load("standard")
    cells: list[tuple[str, str, Any]] = [
        ("preflight", "dust_total", "6"),
        ("verification", "captcha", True),
        ("waiting", "wait", "6 d"),
        ("cancelling", "by", ["support"]),
        ("review", "flagged_above", "1"),
        ("reregistration", "email", None),
        ("reactivation", "offered_first", True),
        ("dormancy", "wake_factors", 1),
        ("retention", "images_days", 31),
    ]
    versions = {loader.version(loader.from_pinned(changed({section: {name: value}}))) for section, name, value in cells}
    assert len(versions | {loader.version(standard)}) == len(cells) + 1


@pytest.mark.row("E08")
def test_pinned_policy_comes_back_as_it_was() -> None:
    policy = loader.load("standard")
    pinned = json.loads(json.dumps(loader.to_mapping(policy)))
    back = loader.from_pinned(pinned)
    assert (back, loader.version(back)) == (policy, loader.version(policy))


@pytest.mark.row("E08")
def test_pinned_policy_is_not_judged_by_later_rules() -> None:
    pinned = changed({"waiting": {"due": "6 d"}})
    assert loader.to_mapping(loader.from_pinned(pinned)) == pinned


def test_pinned_policy_that_was_damaged() -> None:
    with pytest.raises(loader.PolicyError, match=r"^pinned policy: \[waiting\] wait must be a duration"):
        loader.from_pinned(changed({"waiting": {"wait": 7}}))
