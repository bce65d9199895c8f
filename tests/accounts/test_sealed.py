"""Small secrets at rest."""

import pytest
from pytest_django.fixtures import Settings

from accounts.sealed import Unreadable, open_sealed, seal
from portal.env import KeyRing


def test_sealed_value_opens_for_its_purpose_and_row() -> None:
    box = seal(b"secret", purpose="totp", bound_to="row/1")
    assert open_sealed(box, purpose="totp", bound_to="row/1") == b"secret"
    assert b"secret" not in box
    for purpose, row in (("outbox", "row/1"), ("totp", "row/2")):
        with pytest.raises(Unreadable):
            open_sealed(box, purpose=purpose, bound_to=row)


def test_every_changed_byte_is_noticed() -> None:
    box = seal(b"secret", purpose="totp", bound_to="row/1")
    for position in range(len(box)):
        changed = bytearray(box)
        changed[position] ^= 1
        with pytest.raises(Unreadable):
            open_sealed(bytes(changed), purpose="totp", bound_to="row/1")


@pytest.mark.parametrize("length", range(20))
def test_cut_value_does_not_open(length: int) -> None:
    with pytest.raises(Unreadable):
        open_sealed(seal(b"", purpose="totp", bound_to="x")[:length], purpose="totp", bound_to="x")


def test_same_secret_looks_different_each_time() -> None:
    assert seal(b"x", purpose="totp", bound_to="1") != seal(b"x", purpose="totp", bound_to="1")


def test_old_key_still_opens_until_it_leaves_the_ring(settings: Settings) -> None:
    box = seal(b"secret", purpose="totp", bound_to="1")
    settings.FINGERPRINT_KEYS = KeyRing(((2, b"n" * 32), (1, b"f" * 32)))
    assert open_sealed(box, purpose="totp", bound_to="1") == b"secret"
    settings.FINGERPRINT_KEYS = KeyRing(((2, b"n" * 32),))
    with pytest.raises(Unreadable):
        open_sealed(box, purpose="totp", bound_to="1")
