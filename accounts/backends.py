"""Who is behind a session, and what their groups allow. Signing in is a ceremony (accounts.sign_in), not a backend."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from accounts.models import Account


class SignInBackend(ModelBackend):
    """Loads accounts that may be signed in, and asks groups for permissions."""

    def authenticate(self, *_given: Any, **_credentials: Any) -> None:
        """Refuse: a password alone opens nothing here."""
        return

    def get_user(self, user_id: Any) -> Account | None:
        """Return the account unless sign-in is closed to it (disabled, frozen, closed: invariant 3)."""
        account = Account.objects.filter(pk=user_id).first()
        return account if account is not None and account.is_active else None
