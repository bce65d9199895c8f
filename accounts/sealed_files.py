"""Large files at rest: AES-256-GCM in chunks, under a key that no other file has, bound to the row that names it.

Layout: one byte format, then the chunks, each with its tag. A chunk's nonce is its number and whether it is the last,
so a file whose chunks were swapped, cut off or added to does not open. Its key lies sealed in a row (accounts.sealed).
"""

import hashlib
import os
import secrets
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accounts.sealed import Unreadable

FORMAT = b"\x01"
CHUNK = 64 * 1024
TAG_BYTES = 16
KEY_BYTES = 32
COUNTER_BYTES = 11


def new_key() -> bytes:
    """Return the key of one file."""
    return secrets.token_bytes(KEY_BYTES)


class SealedWriter:
    """Writes a file: `write` as often as wanted, `finish` once; without it the file never opens."""

    def __init__(self, file: BinaryIO, key: bytes, *, bound_to: str) -> None:
        self.size = 0
        self._file, self._box, self._bound_to = file, AESGCM(key), bound_to.encode()
        self._waiting, self._chunks, self._hash = bytearray(), 0, hashlib.sha256()
        file.write(FORMAT)

    @property
    def sha256(self) -> str:
        """The digest of what was written so far, in hex."""
        return self._hash.hexdigest()

    def write(self, plain: bytes) -> int:
        """Take more of the contents; returns how many bytes that were."""
        self._hash.update(plain)
        self.size += len(plain)
        self._waiting += plain
        # The last chunk is sealed by `finish`, so one is always kept back.
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), is_last=False)
            del self._waiting[:CHUNK]
        return len(plain)

    def flush(self) -> None:
        """Do nothing: what is kept back is no whole chunk yet."""

    def finish(self) -> None:
        """Seal the last chunk and have everything on the disk."""
        self._seal(bytes(self._waiting), is_last=True)
        self._file.flush()
        os.fsync(self._file.fileno())

    def _seal(self, chunk: bytes, *, is_last: bool) -> None:
        self._file.write(self._box.encrypt(_nonce(self._chunks, is_last=is_last), chunk, self._bound_to))
        self._chunks += 1


def read(file: BinaryIO, key: bytes, *, size: int, bound_to: str) -> Iterator[bytes]:
    """Yield the contents, each chunk after it was authenticated; raises Unreadable for any other file.

    `size` is that of the contents: a file that was cut or lengthened is refused before anything is given.
    """
    chunks = max(1, -(-size // CHUNK))
    if os.fstat(file.fileno()).st_size != len(FORMAT) + size + chunks * TAG_BYTES or file.read(1) != FORMAT:
        raise Unreadable("not this file")
    box, bound = AESGCM(key), bound_to.encode()
    for number in range(chunks):
        try:
            yield box.decrypt(_nonce(number, is_last=number == chunks - 1), file.read(CHUNK + TAG_BYTES), bound)
        except InvalidTag as error:
            raise Unreadable("a chunk of the file does not open") from error


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(COUNTER_BYTES, "big") + bytes([is_last])
