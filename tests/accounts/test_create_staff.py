"""The command that makes staff."""

import pytest
from django.core.management import CommandError, call_command

from accounts import clock
from accounts.models import Account
from accounts.staff_enrollment import read
from tests.factories import make_account, make_staff

pytestmark = pytest.mark.django_db

START = "https://portal.example.test/enroll/"


@pytest.mark.parametrize("role", ["agent", "lead", "compliance", "auditor"])
def test_create_staff_prints_a_link_and_nothing_else(role: str, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_staff", "sam@staff.example.test", "--role", role)
    out, err = capsys.readouterr()
    assert (out.count("\n"), out.startswith(START), out.endswith("/\n"), err) == (1, True, True, "")
    account = read(out.strip().removeprefix(START).rstrip("/"), now=clock.now()).account
    assert (account.email, [group.name for group in account.groups.all()]) == ("sam@staff.example.test", [role])


def test_create_staff_says_why_not(capsys: pytest.CaptureFixture[str]) -> None:
    make_account("ana")
    make_staff("lea")
    refused = []
    for email in ("ana@example.test", "lea@staff.example.test", "no address"):
        with pytest.raises(SystemExit) as ended:
            call_command("create_staff", email, "--role", "agent")
        refused.append(ended.value.code)
    out, err = capsys.readouterr()
    assert (refused, out, err.count("\n")) == ([1, 1, 2], "", 3)
    assert Account.objects.count() == 2


@pytest.mark.parametrize("args", [["sam@staff.example.test"], ["sam@staff.example.test", "--role", "king"], []])
def test_create_staff_needs_an_address_and_a_role(args: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("create_staff", *args)
    assert Account.objects.count() == 0
