"""`manage.py open_bundle`: prints what is genuine, and nothing of anything else; every refusal has its exit code."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import call_command

from closure.retention import bundles
from tests.closure.retention.bundling import TEXTS, Given, given

pytestmark = pytest.mark.row("F05")
NOW = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.fixture(scope="module")
def genuine() -> Given:
    return given(now=NOW)


@pytest.fixture
def path(tmp_path: Path, genuine: Given) -> Path:
    place = tmp_path / "ana.bundle"
    place.write_bytes(genuine.file)
    return place


def run(monkeypatch: pytest.MonkeyPatch, path: Path, typed: str, *options: str) -> tuple[int, str, str]:
    """Return exit code, stdout and stderr; `typed` is what stands on standard input."""
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    out, err, code = io.StringIO(), io.StringIO(), 0
    try:
        call_command("open_bundle", str(path), *options, stdout=out, stderr=err)
    except SystemExit as error:
        code = int(str(error.code))
    return code, out.getvalue(), err.getvalue().strip()


def test_genuine_bundle_is_printed_with_its_manifest(
    monkeypatch: pytest.MonkeyPatch, path: Path, genuine: Given
) -> None:
    code, out, err = run(monkeypatch, path, f"{genuine.passphrase}\n", "--json")
    *records, last = [json.loads(line) for line in out.splitlines()]
    said = bundles.open_bundle(genuine.file, genuine.passphrase)
    assert (code, err, [each["contents"].encode() for each in records]) == (0, "", list(TEXTS))
    assert [
        {**entry, "contents": text} for entry, text in zip(said["manifest"], said["records"], strict=True)
    ] == records
    assert last["summary"] == {
        "records": 3,
        **{name: said[name] for name in ("disclosure", "purpose", "reference", "account", "opened_at", "key")},
    }


def test_people_read_the_same_words(monkeypatch: pytest.MonkeyPatch, path: Path, genuine: Given) -> None:
    code, out, _err = run(monkeypatch, path, genuine.passphrase.lower(), "--no-input", "--no-progress")
    assert (code, [text for text in TEXTS if text.decode() not in out]) == (0, [])
    assert "BA 12/2026 reference" in out


def test_passphrase_is_asked_for_unseen_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, path: Path, genuine: Given
) -> None:
    asked: list[str] = []

    def typed_unseen(prompt: str) -> str:
        asked.append(prompt)
        return genuine.passphrase

    monkeypatch.setattr("closure.management.commands.open_bundle.getpass", typed_unseen)
    terminal = io.StringIO("nothing\n")
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", terminal)
    call_command("open_bundle", str(path), stdout=io.StringIO(), stderr=io.StringIO())
    assert asked == ["Passphrase: "]


def test_changed_file_and_other_passphrase_are_broken_and_print_nothing(
    monkeypatch: pytest.MonkeyPatch, path: Path, genuine: Given
) -> None:
    assert run(monkeypatch, path, bundles.new_passphrase())[:2] == (5, "")
    path.write_bytes(genuine.file[:-1] + bytes([genuine.file[-1] ^ 1]))
    code, out, err = run(monkeypatch, path, genuine.passphrase)
    assert (code, out, "was changed" in err) == (5, "", True)
    path.write_bytes(genuine.around(b"x" * 64 + genuine.plain[64:]))
    code, out, err = run(monkeypatch, path, genuine.passphrase)
    assert (code, out, "not signed by this portal" in err) == (5, "", True)


def test_wrong_use_is_said(monkeypatch: pytest.MonkeyPatch, path: Path, tmp_path: Path, genuine: Given) -> None:
    (tmp_path / "letter").write_text("Dear Ana")
    for place, typed, said in (
        (path, "", "24 letters"),
        (tmp_path / "letter", genuine.passphrase, "not a bundle"),
        (tmp_path / "nothing", genuine.passphrase, "cannot be read: No such file or directory"),
    ):
        code, out, err = run(monkeypatch, place, typed)
        assert (code, out, said in err) == (2, "", True), err
