"""Who may be behind a session."""

import pytest
from django.contrib.auth import authenticate

from accounts.backends import SignInBackend
from accounts.enums import AccountStatus, Role
from accounts.models import OPEN_FOR_SIGN_IN
from accounts.powers import every
from tests.factories import PASSWORD, make_account, make_staff

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", list(AccountStatus))
def test_only_accounts_open_for_sign_in_are_loaded(status: AccountStatus) -> None:
    ana = make_account("ana", status=status)
    assert SignInBackend().get_user(ana.pk) == (ana if status in OPEN_FOR_SIGN_IN else None)


def test_password_alone_authenticates_nobody() -> None:
    make_account("ana")
    assert authenticate(username="ana@example.test", password=PASSWORD) is None


def test_permissions_are_those_that_the_powers_give_to_a_role() -> None:
    powers = {f"{power.app}.{power.codename}" for power in every() if Role.AGENT in power.roles}
    assert SignInBackend().get_all_permissions(make_staff("sam", Role.AGENT)) == powers != set()
