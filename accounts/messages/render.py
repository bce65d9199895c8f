"""Turns a template and facts into the words of a message, in the customer's language.

Each message is written once, as text: `emails/<name>.txt` says it, and its HTML is made from what that said (paragraphs
and links, docs/decisions/0008). `.subject` and `.sms` are other words for other places.
Links start with the configured origin (invariant 21): facts are stripped of addresses, templates write `{{ origin }}`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils import translation
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.enums import MessageChannel

ADDRESS = re.compile(r"(?i)\b[a-z][a-z0-9+.-]*://|\bwww\.")
CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
BETWEEN_PARAGRAPHS = re.compile(r"\n\s*\n")
# As mail readers know it: what follows is the sender's, not the message's.
FOOT_MARK = "\n--\n"
ANTI_PHISHING = "anti_phishing_code"


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """The words of one message; a text message has no subject and no HTML."""

    subject: str
    text: str
    html: str


def render(template: str, *, channel: MessageChannel, language: str, context: Mapping[str, Any]) -> Rendered:
    """Return the message; raises TemplateDoesNotExist when it has no words for this channel."""
    spoken = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(spoken):
        facts = {name: _fact(value) for name, value in context.items()}
        facts |= {"brand": settings.PORTAL_BRAND, "origin": settings.PORTAL_ORIGIN, "language": spoken}
        if channel == MessageChannel.SMS:
            return Rendered(subject="", text=_line(f"{template}.sms", facts), html="")
        body = BETWEEN_PARAGRAPHS.sub("\n\n", _plain(f"{template}.txt", facts).strip())
        text = _plain("layout.txt", {**facts, "body": body}).strip() + "\n"
        return Rendered(subject=_line(f"{template}.subject", facts), text=text, html=_html(text, facts))


def _html(text: str, facts: Mapping[str, Any]) -> str:
    """Return the same words as HTML: nothing is said in one form that the other leaves out."""
    words, _mark, foot = text.rpartition(FOOT_MARK)
    shown = {**facts, "words": _paragraphs(words), "foot": _paragraphs(foot)}
    return get_template("emails/layout.html").render(shown)


def _paragraphs(text: str) -> list[SafeString]:
    return [_linked(" ".join(part.split())) for part in BETWEEN_PARAGRAPHS.split(text) if part.strip()]


def _linked(paragraph: str) -> SafeString:
    """Return a paragraph, escaped, in which addresses of the portal, and no others, are links."""
    ours = re.compile(rf"({re.escape(settings.PORTAL_ORIGIN)}/[^\s<>\"]*)")
    # Split by one group: every second piece is an address.
    pieces = [
        format_html('<a href="{0}">{0}</a>', piece) if at % 2 else piece
        for at, piece in enumerate(ours.split(paragraph))
    ]
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _line(name: str, facts: Mapping[str, Any]) -> str:
    return " ".join(_plain(name, facts).split())


def _plain(name: str, facts: Mapping[str, Any]) -> str:
    found: Any = get_template(f"emails/{name}")
    return str(found.template.render(Context(dict(facts), autoescape=False)))


def _fact(value: Any) -> Any:
    """Return a fact as it may stand in a message: times in words, texts without addresses and control characters."""
    if isinstance(value, datetime):
        return f"{date_format(value.astimezone(UTC), 'j M Y, H:i', use_l10n=False)} UTC"
    if isinstance(value, str):
        return ADDRESS.sub("", CONTROL.sub(" ", value))
    if isinstance(value, list):
        return [_fact(item) for item in value]
    return value
