"""What a new password must be, and that none comes back."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from accounts import passwords
from accounts.models import Account, PasswordUsed
from accounts.passwords import PasswordMoved, WeakPassword, check_strength
from tests.factories import PASSWORD, make_account

NEXT = "Blue-7-lamp-over-water"


def replace(account: Account, password: str, *, now: datetime) -> None:
    """Give the account another password, as every operation does."""
    new = passwords.prepare(account, password, now=now)
    with transaction.atomic():
        passwords.put(Account.objects.select_for_update().get(pk=account.pk), new, now=now)
    account.refresh_from_db()


@pytest.mark.row("N01")
@pytest.mark.parametrize("password", ["Correct-horse-7", "Zwölf-Zeichen-1", "Qx7!kdmmPw2#", "Blue-7-lamp" + "x" * 1013])
def test_password_strong_enough(password: str) -> None:
    check_strength(password)


@pytest.mark.row("N01")
@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("Aa1-aaaaaaa", "at least 12"),
        ("", "at least 12"),
        ("A1!" + "x" * 1022, "too long"),
        ("correct-horse-7", "capital"),
        ("CORRECT-HORSE-7", "capital"),
        ("Correct-horse-s", "capital"),
        ("Correcthorse77", "capital"),
        ("Password1234!", "easy to guess"),
        ("aA1 aA1 aA1 ", "easy to guess"),
        ("A1!" + "x" * 1021, "easy to guess"),
        ("Northbank-2026", "easy to guess"),
    ],
)
def test_password_too_weak(password: str, words: str) -> None:
    with pytest.raises(WeakPassword, match=words):
        check_strength(password)


@pytest.mark.row("N01")
@pytest.mark.parametrize(
    ("password", "about"),
    [("Zargothrix-91!", ["Zargothrix Oz"]), ("Quibbleton-7!", ["quibbleton@example.test"])],
)
def test_password_made_of_what_is_known_of_the_person_is_weak(password: str, about: list[str]) -> None:
    check_strength(password)
    with pytest.raises(WeakPassword, match="easy to guess"):
        check_strength(password, about=about)


@pytest.mark.django_db
@pytest.mark.row("N01")
def test_no_password_comes_back(now: datetime) -> None:
    ana = make_account("ana")
    with pytest.raises(WeakPassword, match="used this password") as refused:
        passwords.prepare(ana, PASSWORD, now=now)
    assert refused.value.code == "password_used"
    replace(ana, NEXT, now=now)
    assert check_password(NEXT, ana.password)
    for former in (PASSWORD, NEXT):
        with pytest.raises(WeakPassword, match="used this password"):
            passwords.prepare(ana, former, now=now)
    passwords.prepare(make_account("bea"), NEXT, now=now)


@pytest.mark.django_db
def test_as_many_are_remembered_as_are_compared(now: datetime) -> None:
    ana, hashed = make_account("ana"), make_password("whatever-Else-it-was-1")
    for minute in range(passwords.REMEMBERED):
        PasswordUsed.objects.create(account=ana, encoded=hashed, replaced_at=now - timedelta(minutes=minute + 1))
    replace(ana, NEXT, now=now)
    kept = PasswordUsed.objects.filter(account=ana).order_by("-replaced_at")
    assert (kept.count(), kept[0].replaced_at) == (passwords.REMEMBERED, now)
    assert check_password(PASSWORD, kept[0].encoded)


@pytest.mark.django_db
def test_of_two_changes_at_once_the_second_starts_again(now: datetime) -> None:
    ana = make_account("ana")
    late = passwords.prepare(ana, "Green-8-chair-under-fire", now=now)
    replace(ana, NEXT, now=now)
    with transaction.atomic(), pytest.raises(PasswordMoved):
        passwords.put(ana, late, now=now)
    ana.refresh_from_db()
    assert check_password(NEXT, ana.password)


@pytest.mark.django_db
def test_account_without_a_password_has_none_to_remember(now: datetime) -> None:
    replace(make_account("ana", password=None), NEXT, now=now)
    assert PasswordUsed.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.row("N01")
def test_password_is_dated_by_its_choice_and_a_dead_one_has_no_date(now: datetime) -> None:
    ana = make_account("ana")
    assert ana.password_chosen_at is None
    replace(ana, NEXT, now=now)
    ana.refresh_from_db()
    assert ana.password_chosen_at == now
    with transaction.atomic():
        passwords.kill(ana, now=now + timedelta(hours=1))
    ana.refresh_from_db()
    assert ana.password_chosen_at is None
    replace(ana, "Green-8-chair-under-fire", now=now + timedelta(hours=2))
    ana.refresh_from_db()
    assert ana.password_chosen_at == now + timedelta(hours=2)
