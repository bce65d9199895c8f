"""Files that programs look for: security contact (RFC 9116), what not to index, the newest seal of the journal."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views import View

from accounts import checkpoints, clock

# RFC 9116 recommends less than a year; whoever reads it later asks again.
VALID_FOR = timedelta(days=90)
PLAIN = "text/plain; charset=utf-8"
# What anybody may read and find. Nothing else is named here: a list of what is hidden is a map.
PUBLIC = ("/$", "/close/$", "/help/")


class SecurityTextView(View):
    """Whom to tell about a security problem."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return contact, end and place of this file."""
        ends = (clock.now() + VALID_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
        lines = [
            f"Contact: {contact()}",
            f"Expires: {ends:%Y-%m-%dT%H:%M:%SZ}",
            f"Preferred-Languages: {', '.join(language for language, _name in settings.LANGUAGES)}",
            f"Canonical: {settings.PORTAL_ORIGIN}/.well-known/security.txt",
        ]
        return HttpResponse("\n".join([*lines, ""]), content_type=PLAIN)


class RobotsView(View):
    """What search engines may keep: the public start, nothing about anybody."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the rules."""
        lines = ["User-agent: *", *(f"Allow: {place}" for place in PUBLIC), "Disallow: /", ""]
        return HttpResponse("\n".join(lines), content_type=PLAIN)


class JournalCheckpointView(View):
    """The newest signed state of the journal: who keeps it can prove later what was in the journal (H07)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the signed note; 404 before the first event is sealed."""
        newest = checkpoints.newest()
        if newest is None:
            raise Http404
        answer = HttpResponse(newest.note, content_type=PLAIN)
        answer["Cache-Control"] = "no-cache"
        return answer


class JournalKeyView(View):
    """The public keys that checkpoints are checked with, today's first (H07)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return one key a line."""
        return HttpResponse("\n".join([*checkpoints.public_keys(), ""]), content_type=PLAIN)


def contact() -> str:
    """Return the configured contact, or the usual address at the portal's own host."""
    told: str = settings.PORTAL_SECURITY_CONTACT
    return told or f"mailto:security@{urlsplit(settings.PORTAL_ORIGIN).hostname or 'portal.invalid'}"
