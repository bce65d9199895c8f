"""Everything in one zip: tables as CSV, the rest as JSON, and a manifest with the SHA-256 of each file.

It is written as it is read: memory does not grow with the history.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any, cast

from django.utils.translation import gettext as _

from accounts import sign_in_history
from accounts.models import Account, SignIn
from accounts.sealed_files import SealedWriter
from accounts.spreadsheets import csv_blocks
from closure.exports import history, holdings, p2p, person
from closure.exports.work import Work

MANIFEST, README = "manifest.json", "README.txt"
CHUNK = 2000


@dataclass(frozen=True, kw_only=True)
class Member:
    """One file of the archive, and its contents as they are made."""

    name: str
    blocks: Iterable[bytes]


def write(out: SealedWriter, work: Work) -> None:
    """Write the archive of an account; raises GatewayError."""
    account, now = work.account, work.now
    manifest: dict[str, Any] = {"format": 1, "made": history.moment(now), "account": str(account.pk), "files": []}
    with zipfile.ZipFile(cast("IO[bytes]", out), "w", zipfile.ZIP_DEFLATED) as archive:
        for member in _members(account, work):
            manifest["files"].append(_add(archive, member, now=now))
        _add(archive, Member(name=MANIFEST, blocks=[as_json(manifest)]), now=now)


def _members(account: Account, work: Work) -> Iterator[Member]:
    now = work.now
    yield Member(name=README, blocks=[_readme().encode()])
    yield Member(name="identity.json", blocks=[as_json(person.identity(account))])
    yield Member(name="holdings.json", blocks=[as_json(list(holdings.everything(account, now=now)))])
    yield Member(name="addresses.json", blocks=[as_json(person.addresses(account))])
    yield Member(name="closures.json", blocks=[as_json(person.closures(account))])
    yield Member(name="sign-ins.csv", blocks=csv_blocks(sign_in_history.table(_sign_ins(account))))
    yield Member(name="p2p-orders.csv", blocks=csv_blocks(p2p.table(work)))
    yield Member(name="transactions.csv", blocks=csv_blocks(history.table(work)))


def _sign_ins(account: Account) -> Iterator[SignIn]:
    """Yield every sign-in, the oldest first, a chunk at a time: an open cursor would stand in the way of writers."""
    chunk = list(SignIn.objects.filter(account=account).order_by("id")[:CHUNK])
    while chunk:
        yield from chunk
        chunk = list(SignIn.objects.filter(account=account, id__gt=chunk[-1].pk).order_by("id")[:CHUNK])


def _add(archive: zipfile.ZipFile, member: Member, *, now: datetime) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    about = zipfile.ZipInfo(member.name, now.astimezone(UTC).timetuple()[:6])
    about.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(about, "w", force_zip64=True) as file:
        for block in member.blocks:
            digest.update(block)
            size += len(block)
            file.write(block)
    return {"name": member.name, "size": size, "sha256": digest.hexdigest()}


def as_json(facts: Any) -> bytes:
    """Return facts as JSON for people and programs."""
    return (json.dumps(facts, ensure_ascii=False, indent=2) + "\n").encode()


def _readme() -> str:
    told = [
        _("These are the records that we have of your account."),
        _("Times are in UTC. Amounts have every digit that the exchange has."),
        _("A table marks text that a spreadsheet would run with ' before it. Nothing else was changed."),
        _("manifest.json has the size and the SHA-256 of every other file."),
    ]
    for name, columns in (("transactions.csv", history.COLUMNS), ("p2p-orders.csv", p2p.COLUMNS)):
        told += ["", name, *(f"  {column}: {text}" for column, text in columns.items())]
    return "\n".join(told) + "\n"
