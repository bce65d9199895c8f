"""How a field or a table may part with a closed account."""

from dataclasses import dataclass, field
from enum import StrEnum

from closure.retention.enums import RecordClass


class FieldClass(StrEnum):
    ERASE = "erase"
    ARCHIVE = "archive"
    KEEP = "keep"


@dataclass(frozen=True, kw_only=True)
class Afterwards:
    """What staff write of an account after its closing: it ends with the archive, when nothing needs it any more.

    `account` names the column that holds the account's key; rows go whole, or only what `blank` writes over.
    """

    account: str = "account_id"
    blank: dict[str, object] | None = None


E, A, K = FieldClass.ERASE, FieldClass.ARCHIVE, FieldClass.KEEP


@dataclass(frozen=True, kw_only=True)
class ModelClass:
    """How one table parts with a closed account.

    `account` names the column that holds the account's key (None: rows are nobody's). `delete` removes the rows
    whole; otherwise fields of class erase and archive are overwritten by `blank` (default: "" or None by the column).
    """

    account: str | None
    delete: bool
    fields: dict[str, FieldClass]
    basis: str = ""  # why what is kept is kept
    blank: dict[str, object] = field(default_factory=dict)
    spare: dict[str, object] = field(default_factory=dict)  # rows that stay as they are, and the table says why
    archive: RecordClass | None = None  # where fields of class archive are sealed
    beside: str = ""  # fields that are sealed with them, though they stay: what was sealed is read without the table
    afterwards: Afterwards | None = None  # what is written after closing, where anything is
    streamed: bool = False  # the core streams them: the floor above hands them to the archive (F08, contract)

    def sealed_fields(self) -> list[str]:
        """Return the names of the fields that go into the archive, in order."""
        return sorted({*self.beside.split(), *(name for name, of in self.fields.items() if of is FieldClass.ARCHIVE)})


def all_of(fields: str, of: FieldClass) -> dict[str, FieldClass]:
    """Class several fields, named with spaces between them, alike."""
    return dict.fromkeys(fields.split(), of)
