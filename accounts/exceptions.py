"""Refusals people can read. Every operation refuses with one of these, so page, API and command say the same words."""

from datetime import datetime

from django.utils.translation import gettext as _


class PortalError(Exception):
    """A refusal with a stable `code` for programs and a `message` that tells a person what to do."""

    code = "refused"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code


class NotAllowed(PortalError):
    """The actor may not do this."""

    code = "not_allowed"


class SecondPersonRequired(NotAllowed):
    """Proposer, approver and owner are three people (L06, invariant 14)."""

    code = "second_person_required"

    def __init__(self) -> None:
        super().__init__(_("A second person has to decide: not who proposed it, and not the owner."))


class ReasonRequired(PortalError):
    """A decision by staff needs words that say why (L01)."""

    code = "reason_required"

    def __init__(self) -> None:
        super().__init__(_("Give the reason."))


class TooManyAttempts(PortalError):
    """The budget of failures is spent; `retry_at` (aware UTC) says when it ends by itself (invariant 13)."""

    code = "too_many_attempts"

    def __init__(self, retry_at: datetime) -> None:
        super().__init__(
            _("Too many attempts. Try again after %(time)s UTC.") % {"time": retry_at.strftime("%d %b %Y, %H:%M")}
        )
        self.retry_at = retry_at


class WrongCode(PortalError):
    """The code is wrong, used, expired or for something else; which of these is not told."""

    code = "wrong_code"

    def __init__(self) -> None:
        super().__init__(_("That code is not right, or has run out. Check it, or ask for a new one."))


class WrongPassword(PortalError):
    """The password given for a re-authentication is wrong."""

    code = "wrong_password"

    def __init__(self) -> None:
        super().__init__(_("That password is not right."))


class VerificationExpired(PortalError):
    """The time for all factors together is over; all start again (D02)."""

    code = "verification_expired"

    def __init__(self) -> None:
        super().__init__(_("The time is over. Start the verification again; the other steps are kept."))


class ProofRefused(PortalError):
    """A verification that is late, used, incomplete or for something else authorizes nothing (invariant 12)."""

    code = "verification_required"

    def __init__(self) -> None:
        super().__init__(_("Verify again: this action needs its own, fresh verification."))


class BadIdentifier(PortalError):
    """An e-mail address, phone or document number that cannot be one."""

    code = "bad_identifier"
