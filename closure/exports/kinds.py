"""The files that there are: what each is called, and how it is written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from accounts.sealed_files import SealedWriter
from accounts.spreadsheets import csv_blocks
from closure.enums import ExportKind
from closure.exports import archive, history, p2p, person
from closure.exports.work import Work

CSV, JSON, ZIP = "text/csv; charset=utf-8", "application/json", "application/zip"


@dataclass(frozen=True, kw_only=True)
class FileKind:
    """One kind of file; `write` raises GatewayError when the core does not say everything."""

    name: str
    content_type: str
    write: Callable[[SealedWriter, Work], None]


def _transactions(out: SealedWriter, work: Work) -> None:
    for block in csv_blocks(history.table(work)):
        out.write(block)


def _p2p(out: SealedWriter, work: Work) -> None:
    for block in csv_blocks(p2p.table(work)):
        out.write(block)


def _identity(out: SealedWriter, work: Work) -> None:
    out.write(archive.as_json(person.identity(work.account)))


FILES: Mapping[str, FileKind] = {
    ExportKind.TRANSACTIONS: FileKind(name="transactions.csv", content_type=CSV, write=_transactions),
    ExportKind.P2P: FileKind(name="p2p-orders.csv", content_type=CSV, write=_p2p),
    ExportKind.IDENTITY: FileKind(name="identity.json", content_type=JSON, write=_identity),
    ExportKind.ARCHIVE: FileKind(name="records.zip", content_type=ZIP, write=archive.write),
}
