"""Events to take along, each with its proof: by whom, why, how many, and checked without us."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client

from accounts import journal_excerpt, sealing
from accounts.actors import Actor
from accounts.enums import Role
from accounts.exceptions import NotAllowed, ReasonRequired
from accounts.journal_excerpt import EXPORTED, NothingSealed, TooMuch
from accounts.journal_search import Asked
from accounts.models import Event, Note
from tests.accounts.test_journal_export import change, checked
from tests.accounts.test_sealing import write
from tests.factories import make_account, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.row("H07")]
REASON = "Letter 12/2026."
ASKED = Asked(action="test.happened")


def taken(asked: Asked, now: datetime, role: Role = Role.COMPLIANCE, reason: str = REASON) -> bytes:
    actor = Actor.staff(make_staff(f"p{Event.objects.count()}", role))
    return journal_excerpt.excerpt(asked, reason=reason, actor=actor, now=now)


def test_excerpt_has_what_was_asked_for_with_proofs_and_is_an_event(now: datetime) -> None:
    ana = make_account("ana")
    write(3, now)
    sealing.seal(now=now)
    write(2, now)
    lines = [json.loads(line) for line in taken(ASKED, now).splitlines()]
    assert [line["type"] for line in lines] == ["excerpt", *["inclusion"] * 3, "summary"]
    assert (lines[0]["asked"], lines[0]["left_out"]) == ({"action": "test.happened"}, 2)
    assert [line["event"]["position"] for line in lines[1:4]] == [1, 2, 3]
    event = Event.objects.get(action=EXPORTED)
    told = json.loads(bytes(event.body))["data"]
    assert told == {"asked": {"action": "test.happened"}, "events": 3, "digest": lines[-1]["digest"]}
    assert (event.account_id, Note.objects.get(event_id=event.pk).text) == (None, REASON)
    taken(Asked(account_id=ana.pk), now, Role.AUDITOR)
    assert Event.objects.filter(action=EXPORTED, account_id=ana.pk).count() == 1


def test_excerpt_is_checked_without_us(now: datetime, client: Client, tmp_path: Path) -> None:
    for count in (3, 300):
        write(count, now)
        sealing.seal(now=now)
    file = tmp_path / "excerpt.jsonl"
    file.write_bytes(taken(ASKED, now))
    assert checked(client, tmp_path, file) == "303 events and 0 checkpoints, all as signed\n"
    change(file, lambda lines: lines[7]["event"].update(position=9))
    assert "a line was changed" in checked(client, tmp_path, file)


def test_line_of_an_excerpt_cannot_be_taken_out(now: datetime, client: Client, tmp_path: Path) -> None:
    write(3, now)
    sealing.seal(now=now)
    file = tmp_path / "excerpt.jsonl"
    file.write_bytes(taken(ASKED, now))
    change(file, lambda lines: lines.pop(2))
    assert "a line was changed" in checked(client, tmp_path, file)
    change(file, lambda lines: lines.pop())
    assert "a line was changed" in checked(client, tmp_path, file)


def test_excerpt_is_for_compliance_and_auditors_who_say_why(now: datetime) -> None:
    write(1, now)
    sealing.seal(now=now)
    for role in (Role.AGENT, Role.LEAD):
        with pytest.raises(NotAllowed):
            taken(ASKED, now, role)
    with pytest.raises(ReasonRequired):
        taken(ASKED, now, reason=" ")
    assert not Event.objects.filter(action=EXPORTED).exists()


def test_excerpt_of_too_much_or_of_nothing_sealed_is_refused(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    write(3, now)
    with pytest.raises(NothingSealed):
        taken(ASKED, now)
    sealing.seal(now=now)
    monkeypatch.setattr(journal_excerpt, "MOST_EVENTS", 2)
    with pytest.raises(TooMuch, match="More than 2 events"):
        taken(ASKED, now)
    monkeypatch.setattr(journal_excerpt, "MOST_EVENTS", 3)
    assert len(taken(ASKED, now).splitlines()) == 5
