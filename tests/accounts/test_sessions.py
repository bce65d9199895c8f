"""Sessions: visitors leave no row and can forge nothing; whoever is named is a row under a key of its own."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.core import signing

from accounts import sessions
from accounts.enums import SessionKind
from accounts.models import Session
from accounts.sessions import KIND, SUBJECT, SessionStore, key_digest

pytestmark = pytest.mark.django_db

ANA = uuid4()


def saved(store: SessionStore) -> str:
    store.save()
    assert store.session_key is not None
    return store.session_key


def named(kind: SessionKind = SessionKind.SIGNING_IN) -> SessionStore:
    store = SessionStore()
    store.name_somebody(kind, ANA)
    return store


def test_visitor_is_a_signed_value_and_no_row() -> None:
    store = SessionStore()
    store["csrf"] = "x"
    key = saved(store)
    assert (Session.objects.count(), SessionStore(key)["csrf"], SessionStore(key).subject) == (0, "x", None)


def test_changed_cookie_is_an_empty_session() -> None:
    store = SessionStore()
    store["csrf"] = "x"
    key = saved(store)
    for forged in (key[:-1] + ("A" if key[-1] != "A" else "B"), "A" + key, key.replace(":", "", 1), ":", "::", "x:y:z"):
        assert dict(SessionStore(forged).items()) == {}


def test_visitors_cookie_has_an_end() -> None:
    store = SessionStore()
    store["csrf"] = "x"
    with time_machine.travel(1_800_000_000, tick=False):
        key = saved(store)
    with time_machine.travel(1_800_000_000 + 12 * 3600 + 1, tick=False):
        assert SessionStore(key).get("csrf") is None


@pytest.mark.parametrize("name", [SESSION_KEY, SUBJECT, KIND])
def test_signed_value_can_name_nobody(name: str) -> None:
    key = signing.dumps({name: str(ANA), "csrf": "x"}, salt=sessions.SALT, compress=True)
    assert dict(SessionStore(key).items()) == {}


def test_value_signed_for_something_else_is_no_session() -> None:
    assert dict(SessionStore(signing.dumps({"csrf": "x"}, compress=True)).items()) == {}


def test_named_session_is_a_row_with_the_digest_of_its_key(now: datetime) -> None:
    key = saved(named())
    row = Session.objects.get()
    assert (bytes(row.key_digest), row.kind, row.account_id) == (key_digest(key), SessionKind.SIGNING_IN, ANA)
    assert key not in row.data
    assert SessionStore(key).subject == (SessionKind.SIGNING_IN, ANA)


@pytest.mark.parametrize("kind", list(SessionKind))
def test_each_kind_has_its_time(kind: SessionKind) -> None:
    saved(named(kind))
    row = Session.objects.get()
    assert row.expires_at - row.created_at == sessions.LIFETIMES[kind]


def test_session_ends_by_the_portals_clock(advance: Callable[..., datetime]) -> None:
    key = saved(named())
    advance(minutes=15)
    assert SessionStore(key).subject is None


def test_naming_somebody_gives_a_new_key() -> None:
    store = SessionStore()
    store["csrf"] = "x"
    visitor = saved(store)
    store.name_somebody(SessionKind.SIGNING_IN, ANA)
    key = saved(store)
    assert key != visitor
    assert SessionStore(key)["csrf"] == "x"
    assert SessionStore(visitor).subject is None


def test_key_chosen_by_somebody_else_is_never_used() -> None:
    store = SessionStore("a" * 43)
    store.clear()
    store.name_somebody(SessionKind.SIGNING_IN, ANA)
    assert saved(store) != "a" * 43


def test_becoming_somebody_else_gives_a_new_key() -> None:
    store = SessionStore(saved(named()))
    store[KIND] = SessionKind.STATUS.value
    first = store.session_key
    second = saved(store)
    assert second != first
    assert [row.kind for row in Session.objects.all()] == [SessionKind.STATUS]


def test_further_facts_keep_the_key_and_the_end() -> None:
    key = saved(named())
    ends = Session.objects.get().expires_at
    store = SessionStore(key)
    store["more"] = 1
    assert saved(store) == key
    row = Session.objects.get()
    assert (json.loads(row.data)["more"], row.expires_at) == (1, ends)


def test_cycling_ends_the_old_key_and_keeps_the_end(advance: Callable[..., datetime]) -> None:
    key = saved(named())
    ends = Session.objects.get().expires_at
    advance(minutes=5)
    store = SessionStore(key)
    store.cycle_key()
    fresh = saved(store)
    assert (SessionStore(key).subject, SessionStore(fresh).subject) == (None, (SessionKind.SIGNING_IN, ANA))
    assert Session.objects.get().expires_at == ends


def test_flushing_leaves_nothing() -> None:
    store = SessionStore(saved(named()))
    store.flush()
    assert (Session.objects.count(), store.is_empty(), store.subject) == (0, True, None)


def test_session_that_was_ended_meanwhile_is_not_made_again() -> None:
    store = SessionStore(saved(named()))
    store["more"] = 1
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        store.save()
    assert Session.objects.count() == 0


def test_forgetting_who_it_is_ends_the_row() -> None:
    store = SessionStore(saved(named()))
    del store[SUBJECT], store[KIND]
    store["csrf"] = "x"
    assert SessionStore(saved(store))["csrf"] == "x"
    assert Session.objects.count() == 0


def test_what_ran_out_is_cleared(now: datetime) -> None:
    keep, drop = saved(named()), saved(named())
    Session.objects.filter(key_digest=key_digest(drop)).update(expires_at=now - timedelta(seconds=1))
    SessionStore.clear_expired()
    assert (SessionStore().exists(keep), SessionStore().exists(drop)) == (True, False)
