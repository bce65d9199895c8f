"""The check of a receipt without us works as docs/receipts.md has it, with tools that know nothing of ours (F07)."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client

from accounts import signing
from accounts.signing import Signed
from closure.receipts import document
from tests.closure.receipts.facts import receipt
from tests.documented import block, explained

pytestmark = [pytest.mark.django_db, pytest.mark.row("F07")]
DOCUMENT = "receipts.md"
PLACES = 40


def checked(folder: Path, language: str, file: bytes) -> subprocess.CompletedProcess[str]:
    """Run the documented check in a folder of its own, away from our code."""
    (folder / "receipt.json").write_bytes(file)
    (folder / "check.py").write_text(block(DOCUMENT, "python"))
    commands = {
        "sh": ["bash", "-e", "-o", "pipefail", "-c", block(DOCUMENT, "sh")],
        "python": [sys.executable, "-I", "check.py", "receipt.json", "key.pem"],
    }
    return subprocess.run(commands[language], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def file(now: datetime, client: Client, tmp_path: Path) -> bytes:
    """A receipt as it is downloaded, with the key that it names beside it."""
    made = receipt(now=now)
    key = client.get(f"/receipt/{made.pk}/file/").json()["receipt"]["key"]
    (tmp_path / "key.pem").write_bytes(client.get(f"/.well-known/receipt-keys/{key}.pem").content)
    return document.file_of(made)


@pytest.mark.parametrize(("language", "says"), [("sh", "Signature Verified Successfully"), ("python", "valid: {")])
def test_genuine_receipt_passes(tmp_path: Path, file: bytes, language: str, says: str) -> None:
    ran = checked(tmp_path, language, file)
    assert (ran.returncode, says in ran.stdout) == (0, True), ran.stderr


@pytest.mark.parametrize("language", ["sh", "python"])
def test_changed_receipt_fails(tmp_path: Path, file: bytes, language: str) -> None:
    """Bytes of the frame, of what was signed and of the signature, its very last letter with bits that mean nothing."""
    step = max(1, len(file) // PLACES)
    places = sorted({*range(0, len(file), step), 5, 11, len(file) - 5, len(file) - 1})
    passed = []
    for place in places:
        changed = file[:place] + bytes([file[place] ^ 1]) + file[place + 1 :]
        if checked(tmp_path, language, changed).returncode == 0:
            passed.append(place)
    assert passed == []
    assert checked(tmp_path, language, file + b" ").returncode != 0
    assert checked(tmp_path, language, file.replace(b'"v":1', b'"v":1,"v":2')).returncode != 0


def test_key_of_another_kind_does_not_fit(tmp_path: Path, file: bytes) -> None:
    (tmp_path / "key.pem").write_text(signing.pem(signing.public_keys(Signed.CHECKPOINT)[0]))
    assert {checked(tmp_path, language, file).returncode == 0 for language in ("sh", "python")} == {False}


def test_members_are_all_explained(file: bytes) -> None:
    assert sorted(set(json.loads(file)["receipt"]) - explained(DOCUMENT)) == []
