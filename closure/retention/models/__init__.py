"""Tables of what stays. They know a customer by an opaque key only, never by a foreign key."""

from closure.retention.models.archive import ArchivePrint, ArchiveRecord, PurgeMonth
from closure.retention.models.disclosure import Disclosure
from closure.retention.models.hold import Extension, LegalHold

__all__ = ["ArchivePrint", "ArchiveRecord", "Disclosure", "Extension", "LegalHold", "PurgeMonth"]
