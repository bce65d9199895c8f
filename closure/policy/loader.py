"""Loads policies: presets by name, others by path; pins them whole on a request and names them by their hash (E08)."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from closure.policy.errors import PolicyError
from closure.policy.parsing import parse, to_mapping
from closure.policy.rules import contradictions, warnings
from closure.policy.schema import Policy

PRESETS = Path(__file__).parent / "presets"
VERSION_LENGTH = 12
LARGEST_FILE = 100_000


def presets() -> list[str]:
    """Return the names of the presets, in order."""
    return sorted(path.stem for path in PRESETS.glob("*.toml"))


def load(name_or_path: str) -> Policy:
    """Return a preset by name, or the policy of a TOML file by path; raises PolicyError with every problem found."""
    is_path = name_or_path.endswith(".toml")
    path = Path(name_or_path) if is_path else PRESETS / f"{name_or_path}.toml"
    if not is_path and name_or_path not in presets():
        raise PolicyError(name_or_path, [f"there is no such preset; there are {', '.join(presets())}, or give a path"])
    try:
        changed = path.stat().st_mtime_ns
        return _load_file(path, changed)
    except OSError as error:
        raise PolicyError(str(path), [f"cannot be read: {error.strerror}"]) from error


def current() -> Policy:
    """Return the policy in force, PORTAL_POLICY; open requests keep the one that is pinned on them."""
    return load(settings.PORTAL_POLICY)


@lru_cache(maxsize=16)
def _load_file(path: Path, _changed: int) -> Policy:
    policy, problems = parse(_read_toml(path))
    if policy is None:
        raise PolicyError(path.name, problems)
    if path.parent == PRESETS and policy.name != path.stem:
        problems.append(f"name must be that of the file, {path.stem}")
    problems += contradictions(policy)
    if problems:
        raise PolicyError(path.name, problems)
    return policy


def _read_toml(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        text = file.read(LARGEST_FILE + 1)
    if len(text) > LARGEST_FILE:
        raise PolicyError(path.name, [f"is larger than {LARGEST_FILE} bytes"])
    try:
        return tomllib.loads(text.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(path.name, [f"is not TOML: {error}"]) from error


def from_pinned(mapping: Mapping[str, Any]) -> Policy:
    """Return the policy pinned on a request; raises PolicyError. Rules made since then do not apply to it.

    One operation asks several times, and many requests have the same: what was read is kept.
    """
    return _read_pinned(_canonical(mapping))


@lru_cache(maxsize=64)
def _read_pinned(canonical: str) -> Policy:
    policy, problems = parse(json.loads(canonical))
    if policy is None:
        raise PolicyError("pinned policy", problems)
    return policy


def version(policy: Policy) -> str:
    """Return the version: the first 12 hex digits of the SHA-256 over the canonical JSON of the contents."""
    return hashlib.sha256(_canonical(to_mapping(policy)).encode()).hexdigest()[:VERSION_LENGTH]


def _canonical(mapping: Mapping[str, Any]) -> str:
    return json.dumps(mapping, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


__all__ = ["PolicyError", "current", "from_pinned", "load", "presets", "to_mapping", "version", "warnings"]
