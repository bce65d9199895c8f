"""The environment, read once and typed; what is missing or malformed stops the start with one clear line.

Names are those of the operator's contract (docs/operations.md). With DEMO=1 missing keys are made once and kept in
VAR_DIR, so that every `manage.py` command works with VAR_DIR and DEMO alone.
"""

import base64
import binascii
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
KEY_BYTES = 32

_reader = environ.Env()


def read_dotenv() -> None:
    """Read `.env` beside manage.py when it is there; the real environment wins."""
    path = BASE_DIR / ".env"
    if path.is_file():
        environ.Env.read_env(str(path), overwrite=False)


@dataclass(frozen=True)
class KeyRing:
    """Versioned secret keys, newest first; `keys[0]` writes, all of them read."""

    keys: tuple[tuple[int, bytes], ...]

    @property
    def newest(self) -> int:
        return self.keys[0][0]

    def get(self, version: int) -> bytes:
        """Return the key of `version`; raises KeyError when it is not on the ring."""
        return dict(self.keys)[version]


def _decode_key(name: str, text: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise ImproperlyConfigured(f"{name}: a key is not base64url: {error}") from error
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"{name}: a key must be {KEY_BYTES} bytes, base64url; this one has {len(key)}")
    return key


def parse_ring(name: str, text: str) -> KeyRing:
    """Parse `2:BASE64,1:BASE64` (newest first) into a key ring; raises ImproperlyConfigured with what to do."""
    keys: list[tuple[int, bytes]] = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        version, colon, encoded = part.partition(":")
        if not colon or not version.isdecimal():
            raise ImproperlyConfigured(f"{name}: write each key as VERSION:BASE64URL, newest first")
        keys.append((int(version), _decode_key(name, encoded)))
    versions = [version for version, _key in keys]
    if not keys or versions != sorted(set(versions), reverse=True):
        raise ImproperlyConfigured(f"{name}: needs at least one key; versions must fall, newest first")
    return KeyRing(tuple(keys))


def parse_keys(name: str, text: str) -> list[bytes]:
    """Parse `BASE64,BASE64` into keys; raises ImproperlyConfigured."""
    return [_decode_key(name, part.strip()) for part in text.split(",") if part.strip()]


def parse_brands(name: str, texts: list[str]) -> list[tuple[str, str]]:
    """Parse `NAME=https://...` into names and addresses; raises ImproperlyConfigured with what to do."""
    pairs = [text.strip().partition("=") for text in texts if text.strip()]
    brands = [(brand.strip(), address.strip()) for brand, _equals, address in pairs]
    if not all(brand and address.startswith("https://") for brand, address in brands):
        raise ImproperlyConfigured(f"{name}: write each brand as NAME=https://ADDRESS, separated by commas")
    return brands


def _new_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode().rstrip("=")


def flag(name: str, default: bool = False) -> bool:
    """Read a yes/no setting."""
    return bool(_reader.bool(name, default=default))


def text(name: str, default: str) -> str:
    """Read a text setting; one that is set but empty has its default."""
    value: str = _reader.str(name, default=default)
    return value or default


def items(name: str, default: list[str]) -> list[str]:
    """Read a comma-separated setting."""
    return [str(item) for item in _reader.list(name, default=default)]


def database(name: str, default: str) -> dict[str, object]:
    """Parse a database URL (sqlite:///path or postgres://...); one that is set but empty has its default."""
    return dict(_reader.db_url_config(text(name, default)))


class DemoSecrets:
    """Keys of a demo, made at first use and kept in `VAR_DIR/demo-keys.json` (mode 0600)."""

    def __init__(self, var_dir: Path) -> None:
        self.path = var_dir / "demo-keys.json"

    def get(self, name: str, make: Callable[[], str]) -> str:
        """Return the kept value of `name`, making it with `make()` the first time."""
        kept: dict[str, str] = json.loads(self.path.read_text()) if self.path.is_file() else {}
        if name not in kept:
            kept[name] = make()
            self.path.parent.mkdir(parents=True, exist_ok=True)
            staged = self.path.with_suffix(f".{os.getpid()}")
            staged.touch(mode=0o600)
            staged.write_text(json.dumps(kept))
            staged.replace(self.path)
        return kept[name]


def required(name: str, *, demo: DemoSecrets | None, make: Callable[[], str]) -> str:
    """Return a setting that has no default outside a demo; raises ImproperlyConfigured naming it."""
    value: str = _reader.str(name, default="")
    if value:
        return value
    if demo is None:
        raise ImproperlyConfigured(f"{name} is not set. Set it in the environment or in .env; .env.example says how.")
    return demo.get(name, make)


def required_ring(name: str, *, demo: DemoSecrets | None) -> KeyRing:
    """Return a key ring that has no default outside a demo."""
    return parse_ring(name, required(name, demo=demo, make=lambda: f"1:{_new_key()}"))


def required_key(name: str, *, demo: DemoSecrets | None) -> bytes:
    """Return one 32-byte key that has no default outside a demo."""
    return _decode_key(name, required(name, demo=demo, make=_new_key))
