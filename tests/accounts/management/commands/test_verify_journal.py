"""`verify_journal`: what people and scripts read."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from accounts import triggers
from accounts.models import Account, Event
from tests.factories import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.row("H07")]


def run(*options: str) -> str:
    out = StringIO()
    call_command("verify_journal", *options, stdout=out)
    return out.getvalue()


def test_journal_in_order_ends_well() -> None:
    make_account("ana")
    assert run() == "1 events, all in order\n"
    assert json.loads(run("--json")) == {"summary": {"events": 1, "broken": None}}


def test_break_is_named_and_ends_with_five() -> None:
    ana = make_account("ana")
    Account.objects.filter(pk=ana.pk).update(journal_head=b"")
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_journal", "--json", stdout=out)
    broken = {"subject": f"account {ana.pk}", "problem": "its last event is missing or was replaced"}
    assert (ended.value.code, json.loads(out.getvalue())) == (5, {"summary": {"events": 1, "broken": broken}})


def test_break_is_named_for_people() -> None:
    make_account("ana")
    triggers.remove(connection)
    event = Event.objects.get()
    Event.objects.update(action="x")
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_journal", stdout=out)
    assert out.getvalue() == f"event {event.pk}: its columns differ from its signed bytes (after 1 events)\n"
