"""Roots and proofs against known answers, and against the definition written out in full."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import merkle

pytestmark = pytest.mark.row("H07")

# The entries and answers that implementations of certificate transparency test themselves with.
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SIZES = st.integers(1, 700)


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def half(count: int) -> int:
    power = 1
    while power * 2 < count:
        power *= 2
    return power


# The oracle: the definitions of RFC 9162, on lists.


def root_of(digests: Sequence[bytes]) -> bytes:
    if not digests:
        return hashlib.sha256(b"").digest()
    if len(digests) == 1:
        return digests[0]
    middle = half(len(digests))
    return node(root_of(digests[:middle]), root_of(digests[middle:]))


def path_of(position: int, digests: Sequence[bytes]) -> list[bytes]:
    if len(digests) == 1:
        return []
    middle = half(len(digests))
    if position < middle:
        return [*path_of(position, digests[:middle]), root_of(digests[middle:])]
    return [*path_of(position - middle, digests[middle:]), root_of(digests[:middle])]


def subproof(old: int, digests: Sequence[bytes], *, is_whole: bool) -> list[bytes]:
    if old == len(digests):
        return [] if is_whole else [root_of(digests)]
    middle = half(len(digests))
    if old <= middle:
        return [*subproof(old, digests[:middle], is_whole=is_whole), root_of(digests[middle:])]
    return [*subproof(old - middle, digests[middle:], is_whole=False), root_of(digests[:middle])]


def made(size: int) -> list[bytes]:
    return [hashlib.sha256(b"\x00" + number.to_bytes(4, "big")).digest() for number in range(size)]


def subtrees(digests: Sequence[bytes]) -> merkle.Subtrees:
    return lambda level, number: root_of(digests[number << level : (number + 1) << level])


@pytest.mark.parametrize("size", range(9))
def test_root_is_the_known_one(size: int) -> None:
    digests = [merkle.leaf_digest(entry) for entry in ENTRIES[:size]]
    growing = merkle.Growing()
    for digest in digests:
        assert list(growing.append(digest)) == []
    assert (growing.root().hex(), root_of(digests).hex()) == (ROOTS[size], ROOTS[size])


@given(sizes=st.lists(st.integers(0, 400), min_size=1, max_size=4))
def test_root_does_not_depend_on_how_the_entries_came(sizes: list[int]) -> None:
    digests = made(sum(sizes))
    growing = merkle.Growing()
    kept: dict[tuple[int, int], bytes] = {}
    for count in sizes:
        before = growing.size
        assert growing.root() == root_of(digests[:before])
        # Begun anew from the subtrees it is made of, as after a restart.
        peaks = [subtrees(digests)(level, number) for level, number in merkle.peaks_of(before)]
        growing = merkle.Growing(before, peaks)
        for digest in digests[before : before + count]:
            kept |= {(level, number): found for level, number, found in growing.append(digest)}
    assert growing.root() == root_of(digests)
    whole = range(len(digests) >> merkle.STRIDE)
    assert kept == {(8, number): subtrees(digests)(8, number) for number in whole}


@given(data=st.data(), size=SIZES)
def test_inclusion_is_proven_as_defined_and_of_nothing_else(data: st.DataObject, size: int) -> None:
    digests = made(size)
    position = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion_path(subtrees(digests), position, size)
    root = root_of(digests)
    assert path == path_of(position, digests)
    assert merkle.is_included(digests[position], position, size, root, path)
    other = data.draw(st.integers(0, size + 5))
    assert merkle.is_included(digests[position], other, size, root, path) == (other == position)
    assert not merkle.is_included(bytes(32), position, size, root, path)
    assert not merkle.is_included(digests[position], position, size, bytes(32), path)
    assert not merkle.is_included(digests[position], position, size, root, [*path, bytes(32)])
    assert not path or not merkle.is_included(digests[position], position, size, root, path[:-1])


@given(data=st.data(), new=SIZES)
def test_consistency_is_proven_as_defined_and_of_nothing_else(data: st.DataObject, new: int) -> None:
    digests = made(new)
    old = data.draw(st.integers(1, new))
    roots = root_of(digests[:old]), root_of(digests)
    path = merkle.consistency_path(subtrees(digests), old, new)
    assert path == subproof(old, digests, is_whole=True)
    assert merkle.is_consistent(old, roots[0], new, roots[1], path)
    assert not merkle.is_consistent(old, bytes(32), new, roots[1], path)
    assert not merkle.is_consistent(old, roots[0], new, bytes(32), path)
    assert not merkle.is_consistent(old, roots[0], new, roots[1], [*path, bytes(32)])
    assert not path or not merkle.is_consistent(old, roots[0], new, roots[1], path[:-1])
    assert old == new or not merkle.is_consistent(new, roots[1], old, roots[0], path)


def test_proofs_of_what_is_not_there_are_refused() -> None:
    tree = subtrees(made(3))
    for position in (-1, 3):
        with pytest.raises(ValueError, match="has none"):
            merkle.inclusion_path(tree, position, 3)
        assert not merkle.is_included(bytes(32), position, 3, bytes(32), [])
    for old in (0, 4):
        with pytest.raises(ValueError, match="not the beginning"):
            merkle.consistency_path(tree, old, 3)
        assert not merkle.is_consistent(old, bytes(32), 3, bytes(32), [])


def test_proof_without_a_step_proves_nothing_of_other_sizes() -> None:
    assert not merkle.is_consistent(3, bytes(32), 5, bytes(32), [])
