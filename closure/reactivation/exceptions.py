"""Refusals of reactivating, in the words that page, API and console show."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.exceptions import PortalError
from closure.exceptions import TransitionRefused


class UnknownReactivation(PortalError):
    """No such reactivation, or not one of yours; which of these is not told."""

    code = "unknown_reactivation"

    def __init__(self) -> None:
        super().__init__(_("There is no such reactivation."))


class Incomplete(TransitionRefused):
    """Something is still to be chosen or sent; `missing` says what."""

    code = "incomplete"

    def __init__(self, missing: Sequence[Any]) -> None:
        super().__init__(_("Something is still missing. Send every photo, then try again."))
        self.missing = [str(each) for each in missing]


class NotAccepted(PortalError):
    """The document is none of those that we accept (J09)."""

    code = "document_not_accepted"

    def __init__(self) -> None:
        super().__init__(_("We do not accept this document. Choose one of those that we list."))


class PhotoNotWanted(TransitionRefused):
    """The photo is of nothing that was asked for now."""

    code = "photo_not_wanted"

    def __init__(self) -> None:
        super().__init__(_("This photo is not asked for now. Choose the document first, then send its sides."))


class RuleRequired(PortalError):
    """A refusal names the rule that is broken (J15)."""

    code = "rule_required"

    def __init__(self) -> None:
        super().__init__(_("Name the rule that is broken: the customer reads it."))
