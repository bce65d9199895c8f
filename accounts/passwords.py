"""What a new password must be (N01), and taking it: hard to guess, and never one the account had here before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import check_password, is_password_usable, make_password
from django.db import transaction
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

from accounts import hashing, mailed_links
from accounts.enums import LinkPurpose
from accounts.exceptions import PortalError
from accounts.models import Account, PasswordUsed, Session

SHORTEST = 12
MAX_PASSWORD = 1024
# Former passwords that are remembered; each costs one hash at a change.
REMEMBERED = 24
# Of 0 to 4: 3 withstands whoever has stolen a slow hash for a while.
LEAST_SCORE = 3
# Its time grows with the square of the length, and what is longer is scored by its beginning.
SCORED = 72


class WeakPassword(PortalError):
    """The password is too short, too long, too easy to guess, or was used here before."""

    code = "weak_password"


class PasswordMoved(PortalError):
    """The password was changed by somebody else meanwhile."""

    code = "password_moved"

    def __init__(self) -> None:
        super().__init__(_("The password was changed meanwhile. Start again."))


@dataclass(frozen=True, kw_only=True)
class NewPassword:
    """A password that was found good for one account, as its hash; `replaces` is the hash it was compared with."""

    encoded: str
    replaces: str


def check_strength(password: str, *, about: Iterable[str] = ()) -> None:
    """Refuse a password under 12 characters, of too few kinds of characters, or easy to guess; raises WeakPassword.

    `about` are words a guesser would try first: name and contacts of the person.
    """
    if len(password) < SHORTEST:
        raise WeakPassword(_("Use at least %(count)d characters.") % {"count": SHORTEST})
    if len(password) > MAX_PASSWORD:
        raise WeakPassword(_("This password is too long."))
    kinds = (str.islower, str.isupper, str.isdigit, lambda letter: not letter.isalnum())
    if not all(any(kind(letter) for letter in password) for kind in kinds):
        raise WeakPassword(_("Use a small letter, a capital letter, a digit and a sign such as ! or -."))
    if zxcvbn(password[:SCORED], user_inputs=_words(about))["score"] < LEAST_SCORE:
        raise WeakPassword(
            _("This password is easy to guess. Use several words that do not belong together, without your name.")
        )


def about(account: Account) -> list[str]:
    """Return what a guesser knows about an account."""
    return [text for text in (account.email, account.phone, account.name) if text]


def prepare(account: Account, password: str, *, now: datetime) -> NewPassword:
    """Hash a password that is strong and new to this account; raises WeakPassword, hashing.Busy.

    Slow on purpose, so that it runs before the transaction that takes the password, not with the account locked.
    """
    check_strength(password, about=about(account))
    former = PasswordUsed.objects.filter(account=account).order_by("-replaced_at", "-id")
    kept = [account.password, *former.values_list("encoded", flat=True)[:REMEMBERED]]
    with hashing.slot(now=now):
        if any(is_password_usable(encoded) and check_password(password, encoded) for encoded in kept):
            raise WeakPassword(_("You used this password here before. Choose another one."), code="password_used")
        return NewPassword(encoded=make_password(password), replaces=account.password)


def put(locked: Account, new: NewPassword, *, now: datetime, keep: bytes | None = None) -> None:
    """Give a locked account its new password.

    Its sessions end, all but the one with key digest `keep`, and so do links to reset the one before. Runs in the
    caller's transaction. Raises PasswordMoved when the password is not the one it was compared with.
    """
    unmoved = Account.objects.filter(pk=locked.pk, password=new.replaces)
    if unmoved.update(password=new.encoded, password_chosen_at=now) != 1:
        raise PasswordMoved
    retire(locked, new.replaces, now=now)
    locked.password, locked.password_chosen_at = new.encoded, now
    mailed_links.use_all(locked.pk, LinkPurpose.RESET_PASSWORD, now=now)
    Session.objects.filter(account_id=locked.pk).exclude(key_digest=keep or b"").delete()


def retire(locked: Account, encoded: str, *, now: datetime) -> None:
    """Remember a password that is not used any more, and forget the oldest."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a password is retired in the transaction that replaces it")
    if not is_password_usable(encoded):
        return
    PasswordUsed.objects.create(account=locked, encoded=encoded, replaced_at=now)
    mine = PasswordUsed.objects.filter(account=locked)
    newest = list(mine.order_by("-replaced_at", "-id").values_list("pk", flat=True)[:REMEMBERED])
    mine.exclude(pk__in=newest).delete()


def kill(locked: Account, *, now: datetime) -> None:
    """Make the password of a locked account worthless: only a reset gives it a new one."""
    retire(locked, locked.password, now=now)
    locked.password, locked.password_chosen_at = make_password(None), None
    Account.objects.filter(pk=locked.pk).update(password=locked.password, password_chosen_at=None)
    mailed_links.use_all(locked.pk, LinkPurpose.RESET_PASSWORD, now=now)


def _words(about: Iterable[str]) -> list[str]:
    """Return the texts, their parts, and our own name: no part may carry a password."""
    texts = [settings.PORTAL_BRAND, *about]
    parts = [part for text in texts for part in "".join(c if c.isalnum() else " " for c in text).split()]
    return sorted({*texts, *parts})
