"""Passkeys, of the device itself or carried along: a public key that answers a challenge of ours, once (D01)."""

import hashlib
import json
from typing import Any

from django.db import models
from django_otp_webauthn.exceptions import OTPWebAuthnApiError
from django_otp_webauthn.models import AbstractWebAuthnCredential
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException

from accounts.codes import Answer
from accounts.enums import FactorKind
from accounts.models.account import Account
from accounts.models.factor import BaseDevice

MAX_ASSERTION = 16 * 1024
# What the library raises for an answer that is not right, and for one that cannot be read.
REFUSED = (WebAuthnException, OTPWebAuthnApiError, ValueError)


class Passkey(BaseDevice, AbstractWebAuthnCredential):
    """One credential; its counter tells a cloned one, its challenges are one-time codes of a step-up."""

    kind = FactorKind.PASSKEY
    user = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="passkeys")

    class Meta:
        verbose_name = "passkey"

    @staticmethod
    def read(text: str) -> str:
        """Return the assertion, which is the JSON that the browser made; nothing when it is too long."""
        return text if len(text) <= MAX_ASSERTION else ""

    def accepts(self, answer: Answer) -> bool:
        """Spend the challenge, then check origin, relying party, signature and counter; the row is locked."""
        challenge = self._challenge_in(answer.code)
        if challenge is None or not self.spend_live(challenge, answer):
            return False
        state = {"challenge": challenge, "require_user_verification": False}
        try:
            self.get_webauthn_helper(request=None).authenticate_complete(self.user, state, json.loads(answer.code))
        except REFUSED:
            return False
        return bool(Passkey.objects.filter(pk=self.pk).update(last_used_at=answer.now))

    def set_last_used_timestamp(self, commit: bool = True) -> None:
        """Leave the time to `accepts`, which is given the portal's; the library would read the wall clock."""

    def _challenge_in(self, text: str) -> str | None:
        """Return the challenge that an assertion of this very credential answers."""
        return challenge_in(text, credential_sha256=self.credential_id_sha256)


def challenge_in(text: str, *, credential_sha256: str | None = None) -> str | None:
    """Return the challenge inside of what a browser sent, None when it cannot be read or is of another credential."""
    try:
        sent: Any = json.loads(text)
        if credential_sha256 is not None:
            credential = hashlib.sha256(base64url_to_bytes(sent["rawId"])).hexdigest()
            if credential != credential_sha256:
                return None
        told: Any = json.loads(base64url_to_bytes(sent["response"]["clientDataJSON"]))
        challenge = told["challenge"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return challenge if isinstance(challenge, str) else None
