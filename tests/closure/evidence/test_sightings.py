"""The same photo again is found in other cases: as the same file, in another type, size or quality; others are not."""

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Account
from closure.enums import EvidenceKind
from closure.evidence import sightings
from closure.evidence.decode import decode
from closure.evidence.formats import type_of
from closure.evidence.likeness import likeness
from closure.evidence.sightings import Seen
from closure.models import Evidence, Sighting
from closure.operations import evidence
from portal.env import KeyRing
from tests.closure.evidence.drawing import encoded, picture
from tests.closure.evidencing import kept, open_case, photo
from tests.factories import make_account

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_photos_left"),
    pytest.mark.row("G05"),
]
SENT = picture(1, (960, 720))


@pytest.fixture
def first(now: datetime) -> Evidence:
    return kept(open_case(make_account("ana"), now=now), now=now)


def sent_by_ben(file: bytes, *, now: datetime) -> Evidence:
    ben = Account.objects.filter(email="ben@example.test").first() or make_account("ben")
    kind = type_of(file)
    assert kind is not None
    looks_like, digest = likeness(decode(file, kind).image), hashlib.sha256(file).digest()
    found = replace(photo(), likeness=looks_like, file_digest=digest)
    case = open_case(ben, now=now)
    return evidence.keep(case.pk, EvidenceKind.NOTE, found, actor=Actor.customer(ben), now=now)


def test_same_file_is_the_same(first: Evidence, now: datetime) -> None:
    again = sent_by_ben(encoded(SENT), now=now)
    assert (sightings.find(again), sightings.find(first)) == (Seen(same=(first.pk,)), Seen(same=(again.pk,)))


@pytest.mark.parametrize(
    "file",
    [
        encoded(SENT, "PNG"),
        encoded(SENT, quality=20),
        encoded(SENT, "WEBP", quality=40),
        encoded(SENT.resize((480, 360)), quality=60),
        encoded(SENT.resize((1920, 1440))),
        encoded(SENT.point(lambda value: min(255, value * 110 // 100))),
    ],
)
def test_same_photo_in_another_form_looks_alike(first: Evidence, now: datetime, file: bytes) -> None:
    assert sightings.find(sent_by_ben(file, now=now)) == Seen(alike=(first.pk,))


def test_other_photos_do_not_look_alike(first: Evidence, now: datetime) -> None:
    others = [sent_by_ben(encoded(picture(seed, (960, 720))), now=now) for seed in range(2, 22)]
    assert [sightings.find(each) for each in [first, *others]] == [Seen()] * 21


def test_photo_of_the_same_case_is_not_told(first: Evidence, now: datetime) -> None:
    kept(first.case, now=now)
    assert sightings.find(first) == Seen()


def test_marks_are_nobodys_without_the_key_and_are_found_after_a_new_one(
    first: Evidence, now: datetime, settings: Any
) -> None:
    before = {bytes(mark) for mark in Sighting.objects.values_list("mark", flat=True)}
    old = settings.FINGERPRINT_KEYS
    settings.FINGERPRINT_KEYS = KeyRing(keys=((old.newest + 1, bytes(range(32))), *old.keys))
    again = sent_by_ben(encoded(SENT, quality=50), now=now)
    marks = {bytes(mark) for mark in again.sightings.values_list("mark", flat=True)}
    assert (len(marks - before) >= len(marks) // 2, sightings.find(again)) == (True, Seen(alike=(first.pk,)))
    settings.FINGERPRINT_KEYS = KeyRing(keys=((9, bytes(32)),))
    assert sightings.find(sent_by_ben(encoded(SENT), now=now)) == Seen()
