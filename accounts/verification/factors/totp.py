"""The authenticator factor: shared secret, its address for a QR code, and the code of the moment (RFC 6238)."""

import base64
import secrets
from urllib.parse import quote, urlencode

from django.conf import settings

from accounts import codes, sealed
from accounts.models import TotpDevice
from accounts.models.factor import TOTP_KEY_PURPOSE, TOTP_STEP_SECONDS

KEY_BYTES = 20


def give_key(device: TotpDevice, key: bytes | None = None) -> None:
    """Seal a secret into an unsaved device: a new random one unless told which."""
    plain = key if key is not None else secrets.token_bytes(KEY_BYTES)
    device.secret = sealed.seal(plain, purpose=TOTP_KEY_PURPOSE, bound_to=device.bound_to)


def secret_text(device: TotpDevice) -> str:
    """Return the secret as people type it: base32 without padding."""
    return base64.b32encode(device.key).decode().rstrip("=")


def provisioning_uri(device: TotpDevice) -> str:
    """Return the otpauth address that authenticators read from a QR code."""
    account = device.user
    label = quote(f"{settings.PORTAL_BRAND}:{account.email or account.phone or account.short_id}", safe=":@+")
    facts = {
        "secret": secret_text(device),
        "issuer": settings.PORTAL_BRAND,
        "algorithm": "SHA1",
        "digits": codes.DIGITS,
        "period": TOTP_STEP_SECONDS,
    }
    return f"otpauth://totp/{label}?{urlencode(facts, quote_via=quote)}"
