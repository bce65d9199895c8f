"""What is in a file, for its owner: opened chunk by chunk, and never a byte that was not authenticated."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from accounts import sealed, sealed_files
from accounts.sealed import Unreadable
from closure.exceptions import ExportNotReady, FileLost
from closure.exports import build, store
from closure.exports.enums import ExportState
from closure.models import Export


def contents(export: Export, *, now: datetime) -> Iterator[bytes]:
    """Return the contents in chunks; raises ExportNotReady, and FileLost for a file that is not what was made.

    Length and first chunk are looked at before anything is given. A later chunk that does not open ends the stream
    with FileLost, short of the length that was told. Either way nobody gets this file any more.
    """
    if export.state != ExportState.READY or export.expires_at <= now:
        raise ExportNotReady
    chunks = _chunks(export, now=now)
    return chain([next(chunks)], chunks)


def _chunks(export: Export, *, now: datetime) -> Iterator[bytes]:
    if export.file is None or export.size is None or export.key is None:
        raise ExportNotReady
    try:
        key = sealed.open_sealed(bytes(export.key), purpose=build.SEAL_PURPOSE, bound_to=export.bound_to)
        with store.open_file(export.file) as file:
            yield from sealed_files.read(file, key, size=export.size, bound_to=export.bound_to)
    except (Unreadable, FileNotFoundError) as error:
        build.lose(export, now=now)
        raise FileLost from error
