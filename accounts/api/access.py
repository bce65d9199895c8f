"""Who counts as signed in. A module of its own: REST framework's settings load what needs it before its views exist."""

from typing import Any

from accounts.enums import STAFF_FACTORS


def second_factor_done(user: Any) -> bool:
    """Whether a session belongs to somebody whose second factor was verified in it.

    A mailed or texted code signs customers in; of staff it proves nothing (L07, A13).
    """
    if not user.is_authenticated or not user.is_verified():
        return False
    return not user.is_staff or user.otp_device.kind in STAFF_FACTORS
