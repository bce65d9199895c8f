"""People of the tests are what the tests take them for."""

import pytest

from accounts.enums import IdentifierKind, Role
from accounts.identifiers import find_account, matches
from accounts.models import TotpDevice
from tests.factories import document_number, make_account, make_staff, totp_code


@pytest.mark.django_db
def test_account_is_found_by_contact_and_document() -> None:
    ana = make_account("ana")
    assert find_account("ana@example.test") == ana
    assert matches(ana, IdentifierKind.DOCUMENT, document_number("ana"))


@pytest.mark.django_db
def test_accounts_of_two_names_live_beside_each_other() -> None:
    assert make_account("ana").phone != make_account("bo", status="frozen").phone


@pytest.mark.django_db
def test_totp_code_is_accepted_again_and_again() -> None:
    ana = make_account("ana")
    codes = (totp_code(ana) for _ in range(2))
    spent = [TotpDevice.objects.get(user=ana).spend_step(code) for code in codes]
    assert spent == [True, True]


@pytest.mark.django_db
def test_staff_have_their_role() -> None:
    lea = make_staff("lea", Role.LEAD)
    assert (lea.is_staff, [group.name for group in lea.groups.all()]) == (True, ["lead"])
