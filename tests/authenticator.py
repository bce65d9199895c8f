"""An authenticator made of a key pair: makes passkeys and answers challenges as a browser would hand it to the page."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from webauthn.helpers import bytes_to_base64url as text

PRESENT, ATTESTED = 0x01, 0x40


@dataclass
class Authenticator:
    """One credential; `counter` goes up with each answer, `origin` is the page that asks."""

    origin: str = settings.PORTAL_ORIGIN
    host: str = "portal.example.test"
    counter: int = 0
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any]) -> str:
        """Return what a browser makes of the options for a new passkey."""
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        known = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + cbor2.dumps(cose)
        data = self._data(PRESENT | ATTESTED) + known
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": text(self._client_data("webauthn.create", options)),
            "attestationObject": text(attestation),
            "transports": ["internal"],
        }
        return self._sent(response)

    def answer(self, options: dict[str, Any]) -> str:
        """Return the signed answer to the options of a challenge."""
        self.counter += 1
        data, client_data = self._data(PRESENT), self._client_data("webauthn.get", options)
        signature = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": text(client_data),
            "authenticatorData": text(data),
            "signature": text(signature),
            "userHandle": None,
        }
        return self._sent(response)

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _sent(self, response: dict[str, Any]) -> str:
        whole = {
            "id": text(self.credential),
            "rawId": text(self.credential),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        }
        return json.dumps(whole)
