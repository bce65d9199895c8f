"""Names that somebody gives to a file, to lead a careless program elsewhere; each that has letters has `MARK`."""

from io import BytesIO
from typing import Any

from django.http.multipartparser import MultiPartParser, MultiPartParserError

from closure.uploads import InMemory

MARK = "zq7name"
BOUNDARY = "corpus"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
NAMES: tuple[bytes, ...] = tuple(
    name.encode(errors="surrogateescape")
    for name in (
        f"../../../../../../tmp/{MARK}.jpg",
        f"..\\..\\..\\{MARK}.jpg",
        f"/etc/cron.d/{MARK}",
        f"{MARK}\0.jpg",
        MARK + "a" * 250 + ".jpg",
        f"{MARK}.jpg.php",
        f"{MARK}\u202egpj.exe",
        f"CON.{MARK}.jpg",
        f"C:\\{MARK}\\NUL",
        f"{MARK}\udcff\udcfe.jpg",
        f"$(touch {MARK}).jpg",
        f"-{MARK} --help",
        f"<script>{MARK}</script>.svg",
        f"{MARK}.html;.jpg",
        f"{MARK}:stream.jpg",
        f"file:///{MARK}",
        f"&#46;&#46;/{MARK}.jpg",
        MARK + "a" * 5000 + ".jpg",
        "..",
        " ",
        "",
    )
)


def form(name: bytes, file: bytes, **fields: str) -> bytes:
    """Return a form with a file of this name, written as no browser and no library would."""
    start = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=".encode()
    plain = [start + f'"{field}"\r\n\r\n{value}\r\n'.encode() for field, value in fields.items()]
    head = start + b'"photo"; filename="' + name + b'"\r\nContent-Type: image/jpeg\r\n\r\n'
    return b"".join([*plain, head, file, f"\r\n--{BOUNDARY}--\r\n".encode()])


def arrived(name: bytes, file: bytes) -> bytes | None:
    """Return the file as a page gets it, None where there is none, or the form is refused."""
    body = form(name, file)
    facts = {"CONTENT_TYPE": MULTIPART, "CONTENT_LENGTH": len(body)}
    try:
        _fields, files = MultiPartParser(facts, BytesIO(body), [InMemory()], "utf-8").parse()
    except MultiPartParserError:
        return None
    sent: Any = files.get("photo")
    return bytes(sent.read()) if sent is not None else None
