"""The environment: what is set but empty has its default, as .env.example leaves it."""

import pytest

from portal import env


@pytest.mark.parametrize(("given", "read"), [("", "fallback"), ("set", "set")])
def test_text_that_is_empty_has_its_default(given: str, read: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_TRIED", given)
    assert env.text("PORTAL_TRIED", "fallback") == read


@pytest.mark.parametrize(
    ("given", "name"), [("", "/var/kept.sqlite3"), ("sqlite:////var/other.sqlite3", "/var/other.sqlite3")]
)
def test_database_that_is_empty_has_its_default(given: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", given)
    assert env.database("DATABASE_URL", "sqlite:////var/kept.sqlite3")["NAME"] == name
