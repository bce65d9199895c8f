"""Files at rest: what was written comes back, and nothing else does."""

import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts import sealed_files
from accounts.sealed import Unreadable
from accounts.sealed_files import CHUNK, SealedWriter, new_key, read

ROW = "closure.Export:1"
KEY = new_key()
TELLING = 20
SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5)


def contents(size: int) -> bytes:
    """Return so many bytes, each chunk another."""
    return b"".join(hashlib.sha256(str(n).encode()).digest() for n in range(size // 32 + 1))[:size]


def written(path: Path, plain: bytes, *, pieces: int = 1000) -> SealedWriter:
    with path.open("wb") as file:
        out = SealedWriter(file, KEY, bound_to=ROW)
        for start in range(0, len(plain), pieces):
            assert out.write(plain[start : start + pieces]) == len(plain[start : start + pieces])
        out.finish()
    return out


def opened(path: Path, size: int, *, key: bytes = KEY, bound_to: str = ROW) -> bytes:
    with path.open("rb") as file:
        return b"".join(read(file, key, size=size, bound_to=bound_to))


def before_refusal(path: Path, size: int) -> bytes:
    """Return what is given before the file is refused; fails when it is not."""
    given = b""
    with path.open("rb") as file:
        chunks = read(file, KEY, size=size, bound_to=ROW)
        try:
            for chunk in chunks:
                given += chunk
        except Unreadable:
            return given
    raise AssertionError("the file opened")


@pytest.mark.parametrize("size", SIZES)
def test_contents_come_back_with_size_and_digest(tmp_path: Path, size: int) -> None:
    plain, path = contents(size), tmp_path / "file"
    out = written(path, plain)
    assert (out.size, out.sha256) == (size, hashlib.sha256(plain).hexdigest())
    assert opened(path, size) == plain
    # A byte alone is among the sealed ones now and then.
    assert plain[:TELLING] not in path.read_bytes() or size < TELLING


@pytest.mark.parametrize("size", [0, 1, 300])
def test_every_byte_that_is_changed_is_refused(tmp_path: Path, size: int) -> None:
    path = tmp_path / "file"
    written(path, contents(size))
    lying = path.read_bytes()
    for place in range(len(lying)):
        for bit in (1, 128):
            path.write_bytes(lying[:place] + bytes([lying[place] ^ bit]) + lying[place + 1 :])
            assert before_refusal(path, size) == b""


def test_change_far_inside_gives_only_what_comes_before_it(tmp_path: Path) -> None:
    plain, path = contents(3 * CHUNK + 5), tmp_path / "file"
    written(path, plain)
    lying = bytearray(path.read_bytes())
    lying[2 * CHUNK + 100] ^= 1
    path.write_bytes(lying)
    assert before_refusal(path, len(plain)) == plain[: 2 * CHUNK]


def mangled() -> Iterator[tuple[str, bytes]]:
    """Yield what can become of three chunks and a bit, each chunk whole."""
    plain, box = contents(3 * CHUNK + 5), CHUNK + sealed_files.TAG_BYTES
    # Several workers collect this at once: each writes in a folder of its own.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        written(path, plain)
        lying = path.read_bytes()
    head, parts = lying[:1], [lying[start : start + box] for start in range(1, len(lying), box)]
    yield "cut after a chunk", head + b"".join(parts[:3])
    yield "cut inside a chunk", lying[:-1]
    yield "nothing left", b""
    yield "a byte more", lying + b"\x00"
    yield "a chunk more", head + b"".join([*parts[:3], parts[0], parts[3]])
    yield "chunks swapped", head + b"".join([parts[1], parts[0], *parts[2:]])
    yield "a chunk twice", head + b"".join([parts[0], parts[0], *parts[2:]])
    yield "another format", b"\x02" + lying[1:]


@pytest.mark.parametrize(("what", "lying"), [pytest.param(*each, id=each[0]) for each in mangled()])
def test_chunks_that_moved_are_refused(tmp_path: Path, what: str, lying: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(lying)
    given = before_refusal(path, 3 * CHUNK + 5)
    assert given == contents(3 * CHUNK + 5)[: len(given)]


@pytest.mark.parametrize("shorter", [1, CHUNK, CHUNK + 5])
def test_file_cut_to_a_size_that_fits_is_refused_too(tmp_path: Path, shorter: int) -> None:
    """Whoever can write the row and the file still cannot make a shorter file of a long one."""
    size, path = 2 * CHUNK + 5, tmp_path / "file"
    written(path, contents(size))
    left = size - shorter
    chunks = max(1, -(-left // CHUNK))
    path.write_bytes(path.read_bytes()[: 1 + left + chunks * sealed_files.TAG_BYTES])
    before_refusal(path, left)


def test_file_without_its_end_never_opens(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with path.open("wb") as file:
        SealedWriter(file, KEY, bound_to=ROW).write(contents(2 * CHUNK))
    assert before_refusal(path, 2 * CHUNK) == b""
    assert before_refusal(path, CHUNK) == b""


@pytest.mark.parametrize(
    ("key", "bound_to"), [(new_key(), ROW), (KEY, "closure.Export:2")], ids=["another key", "another row"]
)
def test_other_key_and_other_row_open_nothing(tmp_path: Path, key: bytes, bound_to: str) -> None:
    path = tmp_path / "file"
    written(path, b"of Ana alone")
    with pytest.raises(Unreadable):
        opened(path, 12, key=key, bound_to=bound_to)
