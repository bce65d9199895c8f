"""The environment is read once; what is missing or malformed stops the start with one clear line."""

import base64
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from portal import env
from portal.env import DemoSecrets, parse_ring, required

KEY, OTHER = "A" * 43, "B" * 42 + "A"


def start(folder: Path, **names: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process that has these names and no others of the portal's."""
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(folder), **names},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ({}, "SECRET_KEY is not set. Set it in the environment or in .env; .env.example says how."),
        (
            {"SECRET_KEY": "s" * 60, "FINGERPRINT_KEYS": "1:AAAA"},
            "FINGERPRINT_KEYS: a key must be 32 bytes, base64url; this one has 3",
        ),
    ],
)
def test_start_stops_with_one_line(tmp_path: Path, names: dict[str, str], told: str) -> None:
    ended = start(tmp_path, **names)
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", f"{told}\n")


def test_demo_makes_its_keys_once_and_for_nobody_else(tmp_path: Path) -> None:
    assert start(tmp_path, DEMO="1").returncode == 0
    kept = tmp_path / "demo-keys.json"
    first = kept.read_text()
    assert start(tmp_path, DEMO="1").returncode == 0
    assert (kept.read_text(), stat.S_IMODE(kept.stat().st_mode)) == (first, 0o600)


def test_ring_reads_newest_first() -> None:
    ring = parse_ring("KEYS", f"2:{KEY}, 1:{OTHER}")
    assert (ring.newest, [version for version, _key in ring.keys]) == (2, [2, 1])
    assert (ring.get(2), ring.get(1)) == (bytes(32), base64.urlsafe_b64decode(f"{OTHER}="))


@pytest.mark.parametrize(
    "text", ["", ",", KEY, f"x:{KEY}", f"1:{KEY},2:{OTHER}", f"1:{KEY},1:{OTHER}", "1:!", "1:AAAA"]
)
def test_malformed_ring_is_refused_by_name(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^KEYS: "):
        parse_ring("KEYS", text)


def test_brands_are_names_with_addresses() -> None:
    read = env.parse_brands("SISTERS", ["Southbank=https://south.example", " Eastbank = https://east.example "])
    assert read == [("Southbank", "https://south.example"), ("Eastbank", "https://east.example")]
    assert env.parse_brands("SISTERS", [""]) == []


@pytest.mark.parametrize("text", ["Southbank", "Southbank=south.example", "=https://south.example"])
def test_malformed_brand_is_refused_by_name(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^SISTERS: "):
        env.parse_brands("SISTERS", [text])


def test_required_name_has_a_default_in_a_demo_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOT_THERE", raising=False)
    assert required("NOT_THERE", demo=DemoSecrets(tmp_path), make=lambda: "made") == "made"
    with pytest.raises(ImproperlyConfigured, match=r"^NOT_THERE is not set\."):
        required("NOT_THERE", demo=None, make=lambda: "made")


@pytest.mark.parametrize(("given", "read"), [("", "fallback"), ("set", "set")])
def test_text_that_is_empty_has_its_default(given: str, read: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_TRIED", given)
    assert env.text("PORTAL_TRIED", "fallback") == read


@pytest.mark.parametrize(
    ("given", "name"), [("", "/var/kept.sqlite3"), ("sqlite:////var/other.sqlite3", "/var/other.sqlite3")]
)
def test_database_that_is_empty_has_its_default(given: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", given)
    assert env.database("DATABASE_URL", "sqlite:////var/kept.sqlite3")["NAME"] == name
