"""Refusals that only calls of the API give."""

from django.utils.translation import gettext as _

from accounts.exceptions import PortalError


class SignInFailed(PortalError):
    """The first half of signing in failed, for whatever reason: one answer for all of them (M01)."""

    code = "sign_in_failed"

    def __init__(self) -> None:
        super().__init__(_("That e-mail address, phone number or password is not right."))
