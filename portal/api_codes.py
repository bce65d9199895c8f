"""Every code an error of the API can have, in words: from the refusals themselves, so that none is forgotten."""

from accounts.exceptions import PortalError

# Those of the transport, which no operation knows.
TRANSPORT = {
    "not_signed_in": "Sign in first.",
    "second_factor_required": "Signed in, but without a second factor.",
    "csrf_failed": "The header X-CSRFToken is missing or belongs to another session.",
    "not_found": "There is nothing at this address.",
    "method_not_allowed": "This address does not take this method.",
    "unsupported_media_type": "A body is JSON: send Content-Type: application/json.",
    "parse_error": "The body, a header or a cursor cannot be read.",
    "too_large": "The body is larger than any call needs.",
    "invalid": "Fields are missing or of the wrong kind; `errors` names them.",
    "unavailable": "A part that we depend on does not answer; nothing was changed.",
    "internal_error": "Something went wrong on our side.",
}


def in_words() -> list[tuple[str, str]]:
    """Return code and meaning of every error, in order of the codes."""
    known = {kind.code: (kind.__doc__ or "").partition("\n")[0] for kind in _kinds(PortalError)}
    return sorted({**known, **TRANSPORT}.items())


def _kinds(of: type[PortalError]) -> list[type[PortalError]]:
    return [of, *(below for kind in of.__subclasses__() for below in _kinds(kind))]
