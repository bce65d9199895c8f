"""A file on its way to its owner, the same for pages and programs."""

import base64
from collections.abc import Iterator

from django.http import StreamingHttpResponse

from closure.exports.kinds import FILES
from closure.models import Export


def attachment(export: Export, chunks: Iterator[bytes]) -> StreamingHttpResponse:
    """Return a download with its length and its digest (RFC 9530); middleware says that nobody keeps it."""
    about, digest = FILES[export.kind], base64.b64encode(bytes.fromhex(export.sha256)).decode()
    headers = {
        "Content-Disposition": f'attachment; filename="{about.name}"',
        "Content-Length": str(export.size),
        "Repr-Digest": f"sha-256=:{digest}:",
    }
    return StreamingHttpResponse(chunks, content_type=about.content_type, headers=headers)
