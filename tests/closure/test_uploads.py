"""Files that are sent stay in memory, bounded while they are read."""

import pytest
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.test import Client, RequestFactory

from closure.evidence.limits import MIB, MOST_BYTES
from closure.uploads import MOST_BODY, InMemory


def test_upload_keeps_no_more_than_it_may_of_several_files() -> None:
    handler, sizes = InMemory(), []
    for name in ("one", "two"):
        handler.new_file(name, f"{name}.jpg", "image/jpeg", None, None, None)
        for start in range(0, MOST_BYTES, 1024 * 1024):
            handler.receive_data_chunk(b"\x00" * 1024 * 1024, start)
        kept = handler.file_complete(MOST_BYTES)
        assert isinstance(kept, InMemoryUploadedFile)
        sizes.append((kept.size, len(kept.read())))
    assert sizes == [(MOST_BYTES, MOST_BYTES), (1, 1)]


def test_every_upload_is_read_so_whatever_its_size() -> None:
    sent = SimpleUploadedFile("photo.jpg", b"\xff" * 4 * MIB, "image/jpeg")
    found = RequestFactory().post("/", {"photo": sent}).FILES["photo"]
    assert isinstance(found, InMemoryUploadedFile)
    assert (found.size, found.name, found.content_type) == (4 * MIB, "photo.jpg", "image/jpeg")


@pytest.mark.django_db
def test_page_refuses_a_body_by_its_length() -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/help/contact/")
    body, form = b"\x00" * (MOST_BODY + 1), "multipart/form-data; boundary=x"
    assert client.post("/help/contact/", body, content_type=form).status_code == 400
