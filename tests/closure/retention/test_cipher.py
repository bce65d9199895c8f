"""A box opens whole, with its key, in its place, or not at all."""

import pytest

from closure.retention import cipher
from closure.retention.cipher import MonthKey
from closure.retention.exceptions import Unreadable

KEY, OTHER = b"k" * 32, b"o" * 32
pytestmark = pytest.mark.row("H04")


@pytest.mark.parametrize("plain", [b"", b"Ana Diaz", b"x" * 300_000])
def test_unlock_returns_what_was_locked(plain: bytes) -> None:
    assert cipher.unlock(cipher.lock(plain, KEY, bound_to="here"), KEY, bound_to="here") == plain


def test_lock_twice_gives_two_boxes() -> None:
    assert cipher.lock(b"Ana", KEY, bound_to="here") != cipher.lock(b"Ana", KEY, bound_to="here")


def test_unlock_refuses_every_changed_bit() -> None:
    box = cipher.lock(b"Ana Diaz", KEY, bound_to="here")
    opened = []
    for bit in range(len(box) * 8):
        changed = bytearray(box)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            opened.append((bit, cipher.unlock(bytes(changed), KEY, bound_to="here")))
        except Unreadable:
            continue
    assert opened == []


@pytest.mark.parametrize(("key", "place"), [(OTHER, "here"), (KEY, "there"), (KEY, "")])
def test_unlock_refuses_another_key_and_another_place(key: bytes, place: str) -> None:
    with pytest.raises(Unreadable):
        cipher.unlock(cipher.lock(b"Ana", KEY, bound_to="here"), key, bound_to=place)


@pytest.mark.parametrize("cut", [0, 1, 12, 13, 28])
def test_unlock_refuses_what_was_cut(cut: int) -> None:
    with pytest.raises(Unreadable):
        cipher.unlock(cipher.lock(b"Ana", KEY, bound_to="here")[:cut], KEY, bound_to="here")


def test_month_key_gives_a_key_for_each_use_and_month() -> None:
    keys = [MonthKey.of(key, "2031-11", 1) for key in (KEY, OTHER)]
    found = {use for key in keys for use in (key.wrapping, key.finding)} | {KEY, OTHER}
    assert (len(found), {len(use) for use in found}) == (6, {32})


def test_fingerprint_differs_by_month_and_identity() -> None:
    one, other = MonthKey.of(KEY, "2031-11", 1), MonthKey.of(OTHER, "2031-12", 1)
    assert one.fingerprint(b"ana") == one.fingerprint(b"ana")
    assert len({one.fingerprint(b"ana"), one.fingerprint(b"ben"), other.fingerprint(b"ana")}) == 3
