"""Outside a demo nothing of it can be reached or started."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client


@pytest.mark.parametrize(
    "path", ["/demo/outbox/", "/demo/outbox.json", "/demo/totp.json", "/demo/clock/", "/demo/deposit/"]
)
def test_demo_address_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_demo_command_says_what_to_set() -> None:
    with pytest.raises(CommandError, match="DEMO=1") as refused:
        call_command("demo")
    assert refused.value.returncode == 2
