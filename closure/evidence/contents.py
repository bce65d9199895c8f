"""The photo behind a row: opened whole, and never a byte that was not authenticated."""

from accounts import sealed, sealed_files
from accounts.sealed import Unreadable
from closure.evidence import store
from closure.exceptions import UnknownEvidence
from closure.models import Evidence

SEAL_PURPOSE = "evidence-file"


def photo_of(evidence: Evidence) -> bytes:
    """Return the JPEG; raises UnknownEvidence where its file is gone or not the one that was written."""
    try:
        key = sealed.open_sealed(bytes(evidence.key), purpose=SEAL_PURPOSE, bound_to=evidence.bound_to)
        with store.open_file(evidence.file) as file:
            return b"".join(sealed_files.read(file, key, size=evidence.size, bound_to=evidence.bound_to))
    except (Unreadable, FileNotFoundError) as error:
        raise UnknownEvidence from error
