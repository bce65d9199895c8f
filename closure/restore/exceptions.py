"""Why a page of the book of closures is not acted on."""

from accounts.exceptions import PortalError


class BadPage(PortalError):
    """The page was changed or cut off, is not in its place, or none of our keys signed it."""

    code = "page_broken"


class Contradiction(PortalError):
    """Page and database say what cannot both be true; staff have to look."""

    code = "contradiction"
