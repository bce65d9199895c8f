"""Public keys at a stable address, as programs and openssl read them (F05, F07)."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import signing
from accounts.signing import Signed

pytestmark = [pytest.mark.django_db, pytest.mark.row("F05", "F07")]
PUBLISHED = (Signed.RECEIPT, Signed.BUNDLE)


def keys_of(kind: Signed) -> str:
    """Return where the keys of a kind are listed."""
    return f"/.well-known/{kind}-keys.json"


@pytest.mark.parametrize("kind", PUBLISHED)
def test_keys_are_listed_with_the_one_that_signs_first(client: Client, settings: Settings, kind: Signed) -> None:
    old = signing.public_keys(kind)[0]
    settings.SIGNING_KEY, settings.RETIRED_SIGNING_KEYS = b"n" * 32, [settings.SIGNING_KEY]
    told = client.get(keys_of(kind)).json()["keys"]
    new = signing.public_keys(kind)[0]
    assert [each["key"] for each in told] == [signing.key_id(new), signing.key_id(old)]
    for each, key in zip(told, (new, old), strict=True):
        assert each["algorithm"] == "Ed25519"
        assert Ed25519PublicKey.from_public_bytes(base64.b64decode(each["public_key"])) == key
        pem = client.get(each["pem_url"])
        assert (pem["Content-Type"], pem.content.decode()) == ("application/x-pem-file", each["pem"])
        assert load_pem_public_key(pem.content) == key


@pytest.mark.parametrize("kind", PUBLISHED)
@pytest.mark.parametrize("another", list(Signed))
def test_keys_of_other_kinds_are_not_among_them(client: Client, kind: Signed, another: Signed) -> None:
    key = signing.key_id(signing.public_keys(another)[0])
    is_there = kind is another
    assert client.get(f"/.well-known/{kind}-keys/{key}.pem").status_code == (200 if is_there else 404)
    assert (key in client.get(keys_of(kind)).content.decode()) is is_there
