"""Keys of purge months, outside the database and its backups: destroying one ends every record of its month (H04).

A file for each month and generation, wrapped by the ring ARCHIVE_KEYS. Whoever calls `destroy`, `rewrap` or `create`
for a month that has a row in the database holds that row locked: files know nothing of transactions.
"""

import os
import re
import secrets
from pathlib import Path
from typing import Protocol

from django.conf import settings

from closure.retention import cipher
from closure.retention.cipher import MonthKey
from closure.retention.exceptions import KeyGone, Unreadable

MONTH = re.compile(r"\d{4}-\d{2}")
VERSION_BYTES = 2
KEY, STAGED = "key", "new"


class KeyStore(Protocol):
    """Where the keys are. A key management service that can create, read, wrap anew and destroy takes this place."""

    def create(self, month: str, generation: int) -> None: ...

    def read(self, month: str, generation: int) -> bytes: ...

    def months(self) -> list[str]: ...

    def generations(self, month: str) -> list[int]: ...

    def rewrap(self, month: str, generation: int) -> bool: ...

    def destroy(self, month: str, *, before: int | None = None) -> int: ...


class KeyFolder:
    """Files `MONTH.GENERATION.key`, each written whole beside its place first, so that there is never half a key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self, month: str, generation: int) -> None:
        """Make the key of a month; one that is there stays as it is."""
        path = self._path(month, generation)
        if not path.exists():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            staged = self._stage(path, _wrap(cipher.new_key(), month, generation))
            try:
                os.link(staged, path)
            except FileExistsError:
                pass  # another process was first: its key counts
            finally:
                staged.unlink()
            self._sync()

    def read(self, month: str, generation: int) -> bytes:
        """Return a key; raises KeyGone where there is none, Unreadable where the ring cannot open it."""
        wrapped = self._bytes(month, generation)
        return _unwrap(wrapped, month, generation)

    def months(self) -> list[str]:
        """Return the months that have a key, in order."""
        return sorted({path.name.partition(".")[0] for path in self.folder.glob(f"*.{KEY}")})

    def generations(self, month: str) -> list[int]:
        """Return which keys of a month there are, in order."""
        return sorted(int(path.name.split(".")[1]) for path in self._files(month) if path.suffix == f".{KEY}")

    def rewrap(self, month: str, generation: int) -> bool:
        """Wrap a key by the newest of the ring; returns whether that changed anything. Raises as `read` does."""
        wrapped = self._bytes(month, generation)
        if _version(wrapped) == settings.ARCHIVE_KEYS.newest:
            return False
        path = self._path(month, generation)
        staged = self._stage(path, _wrap(_unwrap(wrapped, month, generation), month, generation))
        staged.replace(path)
        self._sync()
        return True

    def destroy(self, month: str, *, before: int | None = None) -> int:
        """Destroy the keys of a month, or its generations before one; returns how many files were there."""
        gone = [path for path in self._files(month) if before is None or int(path.name.split(".")[1]) < before]
        for path in gone:
            with path.open("r+b") as file:
                # Best effort: where a disk keeps old blocks, the wrapped key is still useless without the ring.
                file.write(bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        if gone:
            self._sync()
        return len(gone)

    def _path(self, month: str, generation: int) -> Path:
        return self.folder / f"{_checked(month)}.{generation}.{KEY}"

    def _files(self, month: str) -> list[Path]:
        """Return the files of a month, those that a killed process left half done too."""
        return [path for path in self.folder.glob(f"{_checked(month)}.*") if path.suffix in {f".{KEY}", f".{STAGED}"}]

    def _bytes(self, month: str, generation: int) -> bytes:
        try:
            return self._path(month, generation).read_bytes()
        except FileNotFoundError as error:
            raise KeyGone(month) from error
        except OSError as error:
            raise Unreadable(f"the key of {month}: {error.strerror}") from error

    def _stage(self, path: Path, content: bytes) -> Path:
        staged = path.with_suffix(f".{secrets.token_hex(8)}.{STAGED}")
        with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return staged

    def _sync(self) -> None:
        """Make what happened in the folder last."""
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class Keys:
    """Month keys for one operation: each is read once and forgotten with the operation."""

    def __init__(self) -> None:
        self.store = store()
        self._known: dict[tuple[str, int], MonthKey] = {}

    def get(self, month: str, generation: int) -> MonthKey:
        """Return what a month's key gives; raises KeyGone or Unreadable."""
        if (month, generation) not in self._known:
            self._known[month, generation] = MonthKey.of(self.store.read(month, generation), month, generation)
        return self._known[month, generation]


def store() -> KeyStore:
    """Return where the keys are."""
    return KeyFolder(settings.ARCHIVE_KEYS_DIR)


def _checked(month: str) -> str:
    """Return a month that may become part of a path; raises Unreadable for anything else."""
    if not MONTH.fullmatch(month):
        raise Unreadable("no month")
    return month


def _bound_to(month: str, generation: int) -> str:
    return f"archive-month:{month}:{generation}"


def _wrap(key: bytes, month: str, generation: int) -> bytes:
    version = settings.ARCHIVE_KEYS.newest
    box = cipher.lock(key, _ring_key(version), bound_to=_bound_to(month, generation))
    return int(version).to_bytes(VERSION_BYTES, "big") + box


def _unwrap(wrapped: bytes, month: str, generation: int) -> bytes:
    return cipher.unlock(wrapped[VERSION_BYTES:], _ring_key(_version(wrapped)), bound_to=_bound_to(month, generation))


def _version(wrapped: bytes) -> int:
    return int.from_bytes(wrapped[:VERSION_BYTES], "big")


def _ring_key(version: int) -> bytes:
    try:
        return cipher.derive(settings.ARCHIVE_KEYS.get(version), "month")
    except KeyError as error:
        raise Unreadable(f"ARCHIVE_KEYS has no version {version}") from error
