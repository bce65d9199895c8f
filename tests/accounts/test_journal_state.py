"""How the seal stands: what is signed, what waits, and what the last verification said."""

from datetime import datetime

import pytest
from django.db import connection

from accounts import audit, journal_state, sealing, triggers
from accounts.actors import Actor
from accounts.models import Event, JournalNode
from tests.accounts.test_sealing import write

pytestmark = [pytest.mark.django_db, pytest.mark.row("H07")]
SYSTEM = Actor.system("tests")


def test_standing_says_what_is_signed_and_what_waits(now: datetime) -> None:
    empty = journal_state.standing()
    assert (empty.newest, empty.waiting, empty.since, empty.verified) == (None, 0, None, None)
    write(3, now)
    sealing.seal(now=now)
    waits = write(2, now)
    standing = journal_state.standing()
    assert standing.newest is not None
    assert (standing.newest.tree_size, standing.waiting, standing.since) == (3, 2, waits[0].at)


def test_what_waits_is_looked_for_among_the_newest(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "LATELY", 3)
    write(5, now)
    standing = journal_state.standing()
    assert (standing.waiting, standing.of) == (3, 3)


def test_verification_is_kept_with_how_it_came_out(now: datetime) -> None:
    write(3, now)
    sealing.seal(now=now)
    write(1, now)
    assert audit.verify(actor=SYSTEM, now=now).broken is None
    verified = journal_state.standing().verified
    assert verified == journal_state.Verification(at=now, size=3, well=True)
    triggers.remove(connection)
    Event.objects.filter(action="test.happened").update(actor="system:nobody")
    assert audit.verify(actor=SYSTEM, now=now).broken is not None
    verified = journal_state.standing().verified
    assert verified is not None
    assert verified.well is False


def test_place_of_an_event_is_proven_anew(now: datetime) -> None:
    first = write(2, now)
    sealing.seal(now=now)
    later = write(300, now)
    sealing.seal(now=now)
    waits = write(1, now)
    places = [journal_state.place_of(event) for event in (first[1], later[200], waits[0])]
    assert [place and (place.position, place.signed_by.tree_size, place.well) for place in places] == [
        (1, 2, True),
        (202, 302, True),
        None,
    ]


def test_place_of_a_changed_event_is_not_proven(now: datetime) -> None:
    (event, *_others) = write(2, now)
    sealing.seal(now=now)
    triggers.remove(connection)
    Event.objects.filter(pk=event.pk).update(body=b"{}")
    event.refresh_from_db()
    place = journal_state.place_of(event)
    assert place is not None
    assert place.well is False


def test_place_in_a_tree_with_a_gap_is_not_proven(now: datetime) -> None:
    events = write(600, now)
    sealing.seal(now=now)
    triggers.remove(connection)
    JournalNode.objects.all().delete()
    place = journal_state.place_of(events[599])
    assert place is not None
    assert place.well is False
