"""Making accounts: whole or not at all."""

from datetime import datetime

import pytest

from accounts import chain
from accounts.creation import IdentityFacts, NewAccount, create_account
from accounts.enums import Action, FactorKind, IdentifierKind, Role
from accounts.exceptions import BadIdentifier
from accounts.identifiers import IdentifierTaken
from accounts.models import Account, EmailDevice, Event, Identifier, SmsDevice
from tests.factories import FACTORY, make_account, make_staff

pytestmark = pytest.mark.django_db


def create(now: datetime, email: str | None = "ana@example.test", phone: str | None = None, **identity: str) -> Account:
    new = NewAccount(
        email=email,
        phone=phone,
        created_at=now,
        last_active_at=now,
        identity=IdentityFacts(**identity),  # type: ignore[arg-type]
    )
    return create_account(new, actor=FACTORY, now=now)


def test_account_starts_whole(now: datetime) -> None:
    ana = create(now, "ANA@example.test", "+1 415 555 0101", document_number="x-1", national_number="123-45-6789")
    kinds = set(Identifier.objects.filter(account=ana).values_list("kind", flat=True))
    assert (ana.email, ana.phone, ana.shard) == ("ana@example.test", "+14155550101", ana.pk.int % 256)
    assert kinds == set(IdentifierKind)
    assert (EmailDevice.objects.get(user=ana).confirmed, SmsDevice.objects.get(user=ana).confirmed) == (True, True)
    assert [event.action for event in Event.objects.all()] == [Action.ACCOUNT_CREATED]
    assert chain.verify() == (1, None)


def test_contact_that_is_missing_is_no_factor(now: datetime) -> None:
    ana = create(now)
    assert (ana.email_devices.count(), ana.sms_devices.count()) == (1, 0)


def test_account_without_password_has_none_that_works(now: datetime) -> None:
    assert not create(now).has_usable_password()


@pytest.mark.parametrize(("email", "phone"), [("ana@example.test", None), (None, "+14155550199")])
def test_taken_identifier_makes_no_account(now: datetime, email: str | None, phone: str | None) -> None:
    create(now, "ana@example.test", "+14155550199")
    with pytest.raises(IdentifierTaken):
        create(now, email or "new@example.test", phone)
    assert (Account.objects.count(), Event.objects.count(), EmailDevice.objects.count()) == (1, 1, 1)


def test_bad_identifier_makes_no_account(now: datetime) -> None:
    with pytest.raises(BadIdentifier):
        create(now, phone="12")
    assert (Account.objects.count(), Event.objects.count()) == (0, 0)


@pytest.mark.parametrize("role", list(Role))
def test_staff_have_one_role(role: Role) -> None:
    sam = make_staff("sam", role)
    assert (sam.is_staff, sam.is_superuser, [group.name for group in sam.groups.all()]) == (True, False, [role.value])


def test_keys_are_ordered_by_time() -> None:
    made = [make_account(name).pk for name in ("ana", "bea", "cai")]
    assert made == sorted(made)


def test_device_is_found_by_its_integer_key() -> None:
    device = EmailDevice.objects.get(user=make_account("ana"))
    assert (EmailDevice.from_persistent_id(device.persistent_id), device.kind) == (device, FactorKind.EMAIL)
