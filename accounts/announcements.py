"""Announcements: a lead publishes one and ends it, each with its event; who is shown which (M05)."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import regions
from accounts.actors import Actor
from accounts.exceptions import NotAllowed, PortalError, ReasonRequired
from accounts.journal import canonical, record
from accounts.models import Announcement
from accounts.powers import PUBLISH

PUBLISHED, ENDED = "announcement.published", "announcement.ended"
MOST_TITLE, MOST_TEXT = 120, 2000
MOST_SINCE = 20


class AnnouncementRefused(PortalError):
    """It lacks words or makes no sense in time, or it is over; nothing changed."""

    code = "announcement_refused"


@dataclass(frozen=True, kw_only=True)
class Words:
    """Title and text in one language, plain."""

    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One announcement as a reader sees it; `regions` are names, none where it concerns everybody."""

    title: str
    text: str
    language: str
    regions: Sequence[str]
    starts_at: datetime
    ends_at: datetime | None


def publish(
    texts: Mapping[str, Words],
    *,
    region_codes: Iterable[str] = (),
    starts_at: datetime,
    ends_at: datetime | None,
    actor: Actor,
    now: datetime,
) -> Announcement:
    """Publish, to be shown from `starts_at` until before `ends_at`; a lead does. The portal's own language is needed.

    The event has a digest of the words, which everybody can read. Raises NotAllowed, AnnouncementRefused.
    """
    person, said, codes = _check(actor), _said(texts), sorted(set(region_codes))
    if not set(codes) <= regions.regions().keys():
        raise AnnouncementRefused(_("Choose regions of the list."))
    if ends_at is not None and ends_at <= max(starts_at, now):
        raise AnnouncementRefused(_("It must end after it starts, and later than now."))
    with transaction.atomic():
        made = Announcement.objects.create(
            texts=said, regions=codes, starts_at=starts_at, ends_at=ends_at, published_at=now, published_by=person
        )
        data = {
            "announcement": str(made.pk),
            "regions": codes,
            "languages": sorted(said),
            "words": hashlib.sha256(canonical(said)).hexdigest(),
            "from": starts_at.isoformat(),
            "until": ends_at.isoformat() if ends_at else None,
        }
        record(PUBLISHED, actor=actor, at=now, data=data)
    return made


def end(announcement_id: UUID, *, reason: str, actor: Actor, now: datetime) -> Announcement:
    """Take it off every page from now on; a lead does. Raises NotAllowed, ReasonRequired, AnnouncementRefused."""
    person = _check(actor)
    if not reason.strip():
        raise ReasonRequired
    with transaction.atomic():
        standing = Announcement.objects.filter(pk=announcement_id, ended_at=None)
        if standing.update(ended_at=now, ended_by=person) != 1:
            raise AnnouncementRefused(_("There is no such announcement, or it was ended before."))
        data = {"announcement": str(announcement_id)}
        record(ENDED, actor=actor, at=now, data=data, note=reason.strip())
        return Announcement.objects.get(pk=announcement_id)


def can_end(announcement: Announcement, actor: Actor, *, now: datetime) -> bool:
    """Tell whether the actor may end it, while there is something to end."""
    return actor.may(PUBLISH) and announcement.ended_at is None and not is_over(announcement, now=now)


def is_over(announcement: Announcement, *, now: datetime) -> bool:
    """Tell whether it is shown no more."""
    past = announcement.ends_at is not None and announcement.ends_at <= now
    return past or announcement.ended_at is not None


def shown(language: str, *, now: datetime) -> list[Shown]:
    """Return what is shown on the page of the regions, newest first, in a language or else in the portal's own."""
    return [_shown(each, language) for each in _running(now)]


def shown_to(country: str, part: str, language: str, *, now: datetime) -> list[Shown]:
    """Return what concerns who lives there, newest first: what is for everybody, and what is for their region."""
    here = set(regions.codes_of(country, part))
    return [_shown(each, language) for each in _running(now) if not each.regions or here & set(each.regions)]


def since(country: str, part: str, language: str, *, at: datetime, now: datetime) -> list[Shown]:
    """Return what began to be shown since `at` to who lives there, newest first, MOST_SINCE at most.

    What ran out meanwhile is among it, for who was away; what a lead took off is not.
    """
    here = set(regions.codes_of(country, part))
    begun = Announcement.objects.filter(starts_at__gt=at, starts_at__lte=now, ended_at=None)
    rows = begun.order_by("-starts_at", "-id").iterator(chunk_size=MOST_SINCE)
    concerning = (each for each in rows if not each.regions or here & set(each.regions))
    return [_shown(each, language) for each in islice(concerning, MOST_SINCE)]


def _running(now: datetime) -> list[Announcement]:
    standing = Announcement.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now, ended_at=None)
    return list(standing.order_by("-starts_at", "-id"))


def _shown(row: Announcement, language: str) -> Shown:
    spoken = row.spoken(language)
    names = [regions.regions()[code].name if code in regions.regions() else code for code in row.regions]
    return Shown(**row.texts[spoken], language=spoken, regions=names, starts_at=row.starts_at, ends_at=row.ends_at)


def _check(actor: Actor) -> UUID:
    if actor.account_id is None or not actor.may(PUBLISH):
        raise NotAllowed(_("A lead publishes and ends announcements."))
    return actor.account_id


def _said(texts: Mapping[str, Words]) -> dict[str, Any]:
    """Return the words as they are kept; a language without any is left out, half of them is refused."""
    said = {
        language: {"title": words.title.strip(), "text": words.text.strip()}
        for language, words in texts.items()
        if words.title.strip() or words.text.strip()
    }
    if settings.LANGUAGE_CODE not in said or not said.keys() <= dict(settings.LANGUAGES).keys():
        raise AnnouncementRefused(_("Write it in the portal's own language, and in others that the portal speaks."))
    for words in said.values():
        if not 0 < len(words["title"]) <= MOST_TITLE or not 0 < len(words["text"]) <= MOST_TEXT:
            raise AnnouncementRefused(_("Each language needs a title and a text, and neither may be too long."))
    return said
