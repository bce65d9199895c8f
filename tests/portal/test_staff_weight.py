"""What a page of the console weighs over what Django's admin brings along: 70 KB at most, compressed and cold."""

import gzip
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.enums import Role
from tests.closure.crowding import crowd
from tests.closure.reactivation_pages import LIST as REACTIVATIONS
from tests.closure.reactivation_pages import handed_in, place
from tests.console import LIST, address, console, in_review
from tests.factories import make_staff
from tests.pages import read

pytestmark = pytest.mark.django_db
LARGEST = 70 * 1024
ROWS = 200


def weight(response: Any) -> int:
    """Return the compressed bytes of a page and of every file that it loads and the admin did not bring."""
    page = read(response)
    loaded = [link["href"] for link in page.every("link")]
    loaded += [element["src"] for tag in ("script", "img") for element in page.every(tag) if "src" in element]
    ours = [name for each in loaded if not (name := each.removeprefix(settings.STATIC_URL)).startswith("admin/")]
    bodies = [response.content, *((Path(settings.BASE_DIR) / "static" / name).read_bytes() for name in ours)]
    return sum(len(gzip.compress(body)) for body in bodies)


def test_staff_pages_are_light(now: datetime) -> None:
    request, row, lea = in_review("ana", now=now), handed_in("ben", now=now), make_staff("lea", Role.LEAD)
    crowd(1, ROWS, like=request, person=lea.pk, now=now)
    client = console(lea)
    pages = {name: client.get(name) for name in ("/staff/", LIST, address(request), REACTIVATIONS, place(row))}
    pages |= {name: client.get(f"/staff/accounts/{name}/") for name in ("account", "event", "case")}
    assert pages[LIST].context["cl"].result_count == 50
    assert {name: page.status_code for name, page in pages.items() if page.status_code != 200} == {}
    assert {name: size for name, page in pages.items() if (size := weight(page)) > LARGEST} == {}
    # What is weighed is more than nothing: a full list, and our own style sheet.
    assert weight(pages[LIST]) > 8 * 1024
