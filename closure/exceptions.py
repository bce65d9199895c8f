"""Refusals of closing, in the words that page, API and command show."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.exceptions import NotAllowed, PortalError, ReasonRequired, SecondPersonRequired
from closure.enums import Step


class TransitionRefused(PortalError):
    """The lifecycle has no such move from here, or a guard of it does not hold; nothing changed."""

    code = "transition_refused"


class StaleDecision(TransitionRefused):
    """The request changed since the person who decides last saw it (409)."""

    code = "changed_since"

    def __init__(self) -> None:
        super().__init__(_("This request changed since you opened it. Look at it again, then decide."))


class CheckChanged(StaleDecision):
    """The account check came out otherwise than the person who decides last saw it (409).

    `seen` and `latest` are both checks as they are stored, None where there is none.
    """

    code = "check_changed"

    def __init__(self, *, seen: Any = None, latest: Any = None) -> None:
        TransitionRefused.__init__(
            self, _("The account check changed since you opened this request. Look at what is new, then decide.")
        )
        self.seen, self.latest = seen, latest


class OnAnotherDesk(TransitionRefused):
    """Somebody else is at work on the request: `who`, `until` (aware UTC)."""

    code = "on_another_desk"

    def __init__(self, who: str, until: datetime) -> None:
        told = {"who": who, "until": until.strftime("%d %b %Y, %H:%M")}
        super().__init__(
            _("%(who)s is at work on this until %(until)s UTC. A lead can take it over before that.") % told
        )
        self.who, self.until = who, until


class BlockedBy(TransitionRefused):
    """The account check does not allow it; `check` says what was found (A16)."""

    code = "blocked"

    def __init__(self, check: Any) -> None:
        super().__init__(_("Something stops you closing your account. Clear it, then try again."))
        self.check = check


class DisablingStopped(PortalError):
    """Something has to be cleared before the account can be disabled; `found` has the findings (E06)."""

    code = "disabling_stopped"

    def __init__(self, found: Sequence[Any]) -> None:
        super().__init__(_("Something stops you disabling your account. Clear it, then try again."))
        self.found = list(found)


class MissingAcknowledgements(TransitionRefused):
    """Notes or warnings that were not acknowledged; `missing` has their codes (C04)."""

    code = "acknowledgements_missing"

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(_("Read and confirm every note and warning first."))
        self.missing = list(missing)


class UnknownAcknowledgement(PortalError):
    """Codes that are no note and no warning of this request."""

    code = "unknown_acknowledgement"

    def __init__(self, codes: Iterable[str]) -> None:
        super().__init__(_("These are not notes or warnings of this request."))
        self.codes = sorted(codes)


class StepLocked(TransitionRefused):
    """A step was asked for before those ahead of it were done; `first_open` says where to go (C05)."""

    code = "step_locked"

    def __init__(self, first_open: Step) -> None:
        super().__init__(_("Finish the steps before this one first."))
        self.first_open = first_open


class ChannelNotAllowed(NotAllowed):
    """The policy does not close accounts by this channel (C02)."""

    code = "channel_not_allowed"

    def __init__(self) -> None:
        super().__init__(_("Your account cannot be closed this way. Use the website."))


class WrongDocument(PortalError):
    """The number is not the one given at identity verification (D04)."""

    code = "wrong_document"

    def __init__(self) -> None:
        super().__init__(
            _("That number does not match. Use the document you gave us first, even if you renewed it since.")
        )


class UnknownRequest(PortalError):
    """No such closure request, or not one of yours; which of these is not told."""

    code = "unknown_request"

    def __init__(self) -> None:
        super().__init__(_("There is no such request."))


class CaseRequired(PortalError):
    """Staff cancel for a customer only on the customer's own case (L01)."""

    code = "case_required"

    def __init__(self) -> None:
        super().__init__(_("Give the reference of an open case of this customer."))


class LinkRefused(PortalError):
    """A mailed link that is unknown, late, used, or about something that is over; which of these is not told."""

    code = "link_refused"

    def __init__(self) -> None:
        super().__init__(_("This link does not work any more. Ask for a new one."))


class ReceiptNotReady(PortalError):
    """The receipt is written, and the closing that it tells of is not finished yet."""

    code = "receipt_not_ready"

    def __init__(self) -> None:
        super().__init__(_("The closing is not finished yet. The receipt is here when it is."))


class CoreAway(PortalError):
    """The core did not do, or did not say, what was asked."""

    code = "core_away"

    def __init__(self) -> None:
        super().__init__(_("The exchange does not answer. Nothing is certain: look again, then try once more."))


class UnknownRemedy(PortalError):
    """There is no remedy of this name, or nothing of this name that it could act on."""

    code = "unknown_remedy"

    def __init__(self) -> None:
        super().__init__(_("There is nothing here that this could clear."))


class NothingToClear(PortalError):
    """The remedy has nothing to act on as things stand; the message says what is missing."""

    code = "nothing_to_clear"


class RemedyRefused(PortalError):
    """The core will not do this now; nothing moved. `reason` is its code."""

    code = "remedy_refused"

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class PreviewChanged(PortalError):
    """What was confirmed is not what would happen now; `preview` is (409)."""

    code = "preview_changed"

    def __init__(self, preview: Any) -> None:
        super().__init__(_("This changed since you looked. Nothing happened. Look at the new figures first."))
        self.preview = preview


class NotCertain(PortalError):
    """The core did not answer clearly: asked again with the same key it tells, and nothing happens twice (503).

    `run` is the remedy that waits.
    """

    code = "not_certain"

    def __init__(self, run: Any) -> None:
        self.run = run
        super().__init__(_("It is not certain whether this happened. Ask again: it never happens twice."))


class WrongName(PortalError):
    """What was typed is not the name of what is given up (B12)."""

    code = "wrong_name"

    def __init__(self) -> None:
        super().__init__(_("Type the name exactly as it is shown."))


class StillRemediable(PortalError):
    """An asset can be given up only when the core refuses every other way out (B12)."""

    code = "still_remediable"

    def __init__(self) -> None:
        super().__init__(_("This can still be withdrawn, sold or converted, so it cannot be given up."))


class UnknownExport(PortalError):
    """No such file, or not one of yours; which of these is not told."""

    code = "unknown_export"

    def __init__(self) -> None:
        super().__init__(_("There is no such file, or not any more. Ask for it again."))


class ExportNotReady(PortalError):
    """The file is not made yet, or could not be made."""

    code = "export_not_ready"

    def __init__(self) -> None:
        super().__init__(_("The file is not ready. Look at how far it is."))


class FileLost(PortalError):
    """The file that is kept is not the file that was made; nobody gets it."""

    code = "file_lost"

    def __init__(self) -> None:
        super().__init__(_("The file is not whole any more, so nobody gets it. Ask for it again."))


class FileNotTaken(PortalError):
    """A file is no photo that we take in; `code` says why, the message what to do (J15)."""


class PhotoRefused(PortalError):
    """A photo breaks rules; `verdicts` says which, each check with its words (J15, J18)."""

    code = "photo_refused"

    def __init__(self, message: str, *, verdicts: Sequence[Any]) -> None:
        super().__init__(message)
        self.verdicts = list(verdicts)


class UnknownEvidence(PortalError):
    """There is no such photo, or not any more."""

    code = "unknown_evidence"

    def __init__(self) -> None:
        super().__init__(_("There is no such photo, or not any more."))


class PhotoStays(PortalError):
    """Staff looked at the photo, so its owner does not take it away any more."""

    code = "photo_stays"

    def __init__(self) -> None:
        super().__init__(_("Our staff have looked at this photo, so it stays until we decide. You can add others."))


class TooManyPhotos(PortalError):
    """A case has as many photos as it may have."""

    code = "too_many_photos"

    def __init__(self, most: int) -> None:
        super().__init__(_("A case takes %(most)d photos. Remove one before you add another.") % {"most": most})


__all__ = [
    "BlockedBy",
    "CaseRequired",
    "ChannelNotAllowed",
    "CoreAway",
    "ExportNotReady",
    "FileLost",
    "FileNotTaken",
    "LinkRefused",
    "MissingAcknowledgements",
    "NotCertain",
    "NothingToClear",
    "PhotoRefused",
    "PhotoStays",
    "PreviewChanged",
    "ReasonRequired",
    "ReceiptNotReady",
    "RemedyRefused",
    "SecondPersonRequired",
    "StaleDecision",
    "StepLocked",
    "StillRemediable",
    "TooManyPhotos",
    "TransitionRefused",
    "UnknownAcknowledgement",
    "UnknownEvidence",
    "UnknownExport",
    "UnknownRemedy",
    "UnknownRequest",
    "WrongDocument",
    "WrongName",
]
