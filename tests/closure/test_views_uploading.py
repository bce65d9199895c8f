"""A page that takes a photo: bounded before it is read, never in a temporary file, its token checked all the same."""

from collections import Counter
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import clock
from accounts.enums import MatterKind
from closure.evidence.limits import MIB, MOST_BYTES
from closure.models import Evidence
from tests.closure.evidence.drawing import encoded, picture
from tests.closure.evidence.names import MARK, MULTIPART, NAMES, form
from tests.closure.evidencing import stored
from tests.closure.scanning import found
from tests.factories import PASSWORD, make_account, totp_code
from tests.pages import house_rules, read, sign_in
from tests.settling import begin, restrict

PAGE = "/restricted/failed_verification/"
pytestmark = pytest.mark.django_db(transaction=True)


def browser(*, checks_tokens: bool = False) -> Client:
    """Return the browser of Ana, who has begun to send documents."""
    ana, now, plain, client = make_account("ana"), clock.now(), Client(), Client(enforce_csrf_checks=checks_tokens)
    restrict(ana, "failed_verification", now=now)
    begin(ana, MatterKind.FAILED_VERIFICATION, now=now)
    sign_in(plain, ana.email or "", PASSWORD, totp_code(ana))
    client.cookies = plain.cookies
    return client


def upload(size: int) -> dict[str, object]:
    return {"shows": "document_front", "photo": SimpleUploadedFile("photo.jpg", b"x" * size)}


@pytest.mark.parametrize(
    ("size", "says"),
    [(3 * MIB, "This is not a photo that we can read."), (MOST_BYTES + 1, "The file is larger than 15 MB.")],
)
def test_large_file_is_read_without_touching_a_disk(size: int, says: str, settings: Settings, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "nowhere")
    answer = browser().post(PAGE, upload(size))
    assert (answer.status_code, says in read(answer).text) == (422, True)
    assert Evidence.objects.count() == 0


@pytest.mark.row("J13")
@pytest.mark.usefixtures("no_photos_left")
def test_name_of_a_file_is_neither_used_nor_kept() -> None:
    ana, photo, statuses = browser(), encoded(picture(1, (320, 240))), []
    for number, name in enumerate(NAMES):
        # A photo that is taken in needs a process: a few show what becomes of all.
        file = b"no photo" if number % 4 else photo
        sent = form(name, file, shows="document_front", despite="on")
        statuses.append(ana.post(PAGE, sent, content_type=MULTIPART).status_code)
    kept = Evidence.objects.all()
    assert (Counter(statuses), stored()) == (Counter({422: 15, 302: 5, 400: 1}), {row.file.hex for row in kept})
    assert found([MARK]) == {}


def test_huge_request_is_refused_before_anything_reads_it() -> None:
    """The token is not even looked for: Django would read the whole body for it."""
    answer = browser(checks_tokens=True).post(PAGE, upload(MOST_BYTES + 6 * MIB))
    page = read(answer)
    assert (answer.status_code, house_rules(page)) == (413, [])
    assert ("This is too large" in page.text, f'href="{PAGE}"' in answer.content.decode()) == (True, True)


def test_form_of_another_site_is_refused() -> None:
    client = browser(checks_tokens=True)
    assert client.post(PAGE, upload(10)).status_code == 403
    fields = read(client.get(PAGE)).every("input")
    token = next(field["value"] for field in fields if field.get("name") == "csrfmiddlewaretoken")
    assert client.post(PAGE, {**upload(10), "csrfmiddlewaretoken": token}).status_code == 422
