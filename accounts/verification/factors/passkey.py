"""The passkey factor: challenges of ours, one for each step-up and credential, answered by an authenticator (WebAuthn).

The library checks signatures. Which challenge is live, for what and for how long is ours: a row, spent once.
"""

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django_otp_webauthn.helpers import WebAuthnHelper
from django_otp_webauthn.models import as_credential_descriptors
from webauthn.helpers.structs import UserVerificationRequirement

from accounts.models import Account, Passkey
from accounts.verification.factors.sending import LIFE


def relying_party(request: HttpRequest | None = None) -> str:  # noqa: ARG001  (the library gives it)
    """Return the host that credentials are bound to: that of the configured origin, whatever a request claims."""
    return urlsplit(settings.PORTAL_ORIGIN).hostname or ""


class PasskeyHelper(WebAuthnHelper):
    """The library's ceremonies under our rules: one origin, no attestation kept, a key with or without a PIN."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request=request)
        self.name = ""
        self.only: UUID | None = None
        self.now: datetime | None = None

    def get_relying_party_domain(self) -> str:
        """Return the host of the configured origin."""
        return relying_party()

    def get_allowed_origins(self) -> list[str]:
        """Return the configured origin."""
        return [settings.PORTAL_ORIGIN]

    def get_credential_name(self, user: Account) -> str:
        """Return what the authenticator shows beside the brand."""
        return user.email or user.phone or user.short_id

    def get_credential_display_name(self, user: Account) -> str:
        """Return the same: names of people stay here."""
        return self.get_credential_name(user)

    def get_generate_registration_options_kwargs(self, *, user: Account) -> dict[str, Any]:
        """Return the library's options; a credential of the account is not made twice."""
        options: dict[str, Any] = super().get_generate_registration_options_kwargs(user=user)
        return {**options, "timeout": int(LIFE.total_seconds() * 1000)}

    def get_generate_authentication_options_kwargs(
        self, *, user: Account | None = None, require_user_verification: bool
    ) -> dict[str, Any]:
        """Return the library's options, for one credential; a PIN or finger is asked where there is one."""
        options: dict[str, Any] = super().get_generate_authentication_options_kwargs(
            user=user, require_user_verification=require_user_verification
        )
        mine = Passkey.objects.filter(user=user, pk=self.only)
        return {
            **options,
            "timeout": int(LIFE.total_seconds() * 1000),
            "user_verification": UserVerificationRequirement.PREFERRED,
            "allow_credentials": as_credential_descriptors(mine),
        }

    def create_credential(self, user: Account, *facts: Any) -> Passkey:
        """Return the unsaved credential with its name and time."""
        device: Passkey = super().create_credential(user, *facts)
        if self.now is None:
            raise RuntimeError("a passkey is made at a time")
        device.name, device.created_at, device.confirmed = self.name, self.now, True
        return device

    def create_attestation(self, *_facts: Any) -> None:
        """Keep none: we ask for none."""


def registration_options(account: Account) -> tuple[dict[str, Any], str]:
    """Return what a browser needs to make a credential, and its challenge."""
    options, state = PasskeyHelper().register_begin(account)
    return options, state["challenge"]


def assertion_options(device: Passkey) -> tuple[dict[str, Any], str]:
    """Return what a browser needs to answer with this credential, and its challenge."""
    helper = PasskeyHelper()
    helper.only = device.pk
    options, state = helper.authenticate_begin(device.user, require_user_verification=False)
    return options, state["challenge"]


def register(account: Account, made: str, *, challenge: str, name: str, now: datetime) -> Passkey:
    """Check what a browser made for a challenge that was just spent, and save it.

    Raises what `accounts.models.passkey.REFUSED` lists, and IntegrityError for a credential that somebody has.
    """
    helper = PasskeyHelper()
    helper.name, helper.now = name, now
    state = {"challenge": challenge, "require_user_verification": False}
    device: Passkey = helper.register_complete(account, state, json.loads(made))
    return device
