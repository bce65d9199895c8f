"""The check of a bundle without us works as docs/bundles.md has it, with a tool that knows nothing of ours (F05)."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from accounts import signing
from accounts.signing import Signed
from closure.retention import bundles
from tests.closure.retention.bundling import TEXTS, Given, given
from tests.documented import block, explained

pytestmark = [pytest.mark.django_db, pytest.mark.row("F05")]
DOCUMENT = "bundles.md"
NOW = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.fixture(scope="module")
def genuine() -> Given:
    return given(now=NOW)


@pytest.fixture
def folder(tmp_path: Path, client: Client, genuine: Given) -> Path:
    """A folder of its own with the documented check and the key that a bundle names."""
    key = bundles.open_bundle(genuine.file, genuine.passphrase)["key"]
    (tmp_path / "key.pem").write_bytes(client.get(f"/.well-known/bundle-keys/{key}.pem").content)
    (tmp_path / "check.py").write_text(block(DOCUMENT, "python"))
    return tmp_path


def checked(folder: Path, file: bytes, passphrase: str) -> subprocess.CompletedProcess[str]:
    """Run the documented check away from our code."""
    (folder / "ana.bundle").write_bytes(file)
    command = [sys.executable, "-I", "check.py", "ana.bundle", "key.pem"]
    return subprocess.run(command, cwd=folder, input=f"{passphrase}\n", capture_output=True, text=True, check=False)


def written(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.glob("*.jsonl"))]


def test_genuine_bundle_passes_and_is_written_out(folder: Path, genuine: Given) -> None:
    ran = checked(folder, genuine.file, genuine.passphrase.lower().replace("-", " "))
    assert (ran.returncode, written(folder)) == (0, list(TEXTS)), ran.stderr
    told = json.loads(ran.stdout.partition("valid: ")[2])
    said = bundles.open_bundle(genuine.file, genuine.passphrase)
    assert told == {name: said[name] for name in said if name != "records"}


def test_changed_bundle_fails_and_writes_nothing(folder: Path, genuine: Given) -> None:
    """Bytes of the name, the salt, the box's version, the nonce, the contents and the tag; and from the inside."""
    file, plain = genuine.file, genuine.plain
    places = (0, 17, 18, 33, 34, 35, 46, 47, len(file) // 2, len(file) - 1)
    changed = [file[:place] + bytes([file[place] ^ 1]) + file[place + 1 :] for place in places]
    inside = [plain[:place] + bytes([plain[place] ^ 1]) + plain[place + 1 :] for place in (0, 63, 64, len(plain) - 3)]
    changed += [file + b"\n", file[:-1], *map(genuine.around, inside)]
    assert [number for number, each in enumerate(changed) if passes(folder, each, genuine)] == []
    assert checked(folder, file, bundles.new_passphrase()).returncode != 0
    assert written(folder) == []


def passes(folder: Path, file: bytes, genuine: Given) -> bool:
    return checked(folder, file, genuine.passphrase).returncode == 0


def test_key_of_another_kind_does_not_fit(folder: Path, genuine: Given) -> None:
    (folder / "key.pem").write_text(signing.pem(signing.public_keys(Signed.RECEIPT)[0]))
    assert passes(folder, genuine.file, genuine) is False


def test_members_are_all_explained(genuine: Given) -> None:
    said = bundles.open_bundle(genuine.file, genuine.passphrase)
    assert sorted(set(said) - explained(DOCUMENT)) == []
    entry = set(said["manifest"][0])
    assert entry == {"record", "closure", "what", "part", "sealed_at", "until", "basis", "bytes", "sha256"}
