"""One page of the book of closures: lines of canonical JSON.

The first says what became of the account, then comes one for each sealed record of its archive, and the last is the
signature of all the lines before it, by a key that signs nothing else.
"""

import base64
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from accounts import signing, strict_json
from accounts.journal import canonical
from accounts.signing import Signed
from closure.restore.exceptions import BadPage

VERSION = 1
STAGED = ".new"
Line = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page whose signature holds; its records are read from the file when they are asked for."""

    path: Path
    head: Line
    digest: bytes

    def records(self) -> Iterator[Line]:
        """Yield the sealed records; raises BadPage at the end when the file is not the one that was looked at."""
        hashed = hashlib.sha256()
        with self.path.open("rb") as file:
            for number, line in enumerate(_signed_lines(file)):
                hashed.update(line)
                if number:
                    yield strict_json.read(line)
        if hashed.digest() != self.digest:
            raise BadPage(f"{self.path.name} changed while it was read.")


def read(path: Path) -> Page:
    """Return a page; raises BadPage unless one of our keys signed all of it, and it is in its place."""
    hashed, head, last = hashlib.sha256(), b"", b""
    try:
        with path.open("rb") as file:
            for line in file:
                hashed.update(last)
                head, last = head or line, line
        signature = base64.b64decode(strict_json.read(last)["signature"], validate=True)
        told = strict_json.read(head)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadPage(f"{path.name} is no page of the book.") from error
    if not signing.is_signed(Signed.PAGE, hashed.digest(), signature):
        raise BadPage(f"{path.name} was changed, or none of our keys signed it.")
    if told["v"] != VERSION or told["request"]["id"] != path.stem:
        raise BadPage(f"{path.name} is not in its place, or of another version.")
    return Page(path=path, head=told, digest=hashed.digest())


def write(pages: Iterable[tuple[Path, Line, Iterable[Line]]]) -> int:
    """Write pages (place, first line, records) that last when this returns; each is the old one or the new one, whole.

    Returns how many. Raises OSError; then none of them is in its place.
    """
    staged: list[tuple[Path, Path]] = []
    try:
        for path, head, records in pages:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside = path.with_suffix(f".{secrets.token_hex(8)}{STAGED}")
            staged.append((beside, path))
            _fill(beside, head, records)
        # All are handed to the disk before any is waited for: most are then there with the first.
        for beside, _path in staged:
            _sync(beside)
    except BaseException:
        for beside, _path in staged:
            beside.unlink(missing_ok=True)
        raise
    for beside, path in staged:
        beside.replace(path)
    for folder in {path.parent for _beside, path in staged}:
        _sync(folder)
    return len(staged)


def _fill(path: Path, head: Line, records: Iterable[Line]) -> None:
    hashed = hashlib.sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for said in chain([{"v": VERSION, **head}], records):
            _put(file, said, hashed)
        signature = base64.b64encode(signing.sign(Signed.PAGE, hashed.digest())).decode()
        file.write(canonical({"signature": signature}) + b"\n")


def _put(file: BinaryIO, said: Line, hashed: Any) -> None:
    line = canonical(said) + b"\n"
    hashed.update(line)
    file.write(line)


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _signed_lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield all lines but the last, which is the signature."""
    before: bytes | None = None
    for line in file:
        if before is not None:
            yield before
        before = line
