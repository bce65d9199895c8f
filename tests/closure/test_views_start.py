"""The public start page: the official address first, before anything is asked (C03)."""

import pytest
from django.conf import settings
from django.test import Client

from tests.pages import read

pytestmark = pytest.mark.django_db


@pytest.mark.row("C03")
def test_start_page_names_the_official_address_and_sends_people_there_first(client: Client) -> None:
    told = read(client.get("/close/", headers={"host": "localhost"})).text
    assert settings.PORTAL_ORIGIN in told
    first = told.index("First, check that you are on the official site.")
    assert first < told.index("check your account there or in the official app") < told.index("What happens")
