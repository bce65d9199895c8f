"""Files to take along as pages show them: what is in each, how far it is, and what its button says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from closure import export_access
from closure.enums import ExportKind
from closure.export_access import Holder
from closure.exports import history, p2p, shown
from closure.exports.enums import ExportState
from closure.models import Export
from closure.operations.export import is_as_good

NOTES: Mapping[ExportKind, str | Promise] = {
    ExportKind.TRANSACTIONS: gettext_lazy("CSV file for taxes: trades, deposits, withdrawals, fees, rewards, and P2P."),
    ExportKind.P2P: gettext_lazy("CSV file: P2P orders that are open, and those that are done."),
    ExportKind.IDENTITY: gettext_lazy("JSON file: contacts, identity check, factors and restrictions."),
    ExportKind.ARCHIVE: gettext_lazy(
        "ZIP file: all of these, what the account holds, saved addresses, sign-ins and closures."
    ),
}
COLUMNS: Mapping[ExportKind, Mapping[str, str | Promise]] = {
    ExportKind.TRANSACTIONS: history.COLUMNS,
    ExportKind.P2P: p2p.COLUMNS,
}
TONES = {
    ExportState.QUEUED: "info",
    ExportState.BUILDING: "info",
    ExportState.READY: "ok",
    ExportState.FAILED: "danger",
}
UNDER_WAY = frozenset({ExportState.QUEUED, ExportState.BUILDING})


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One kind of file; `state` is empty while there is no file of it."""

    name: str
    note: str
    url: str
    button: str
    state: str = ""
    word: str = ""
    tone: str = "info"
    detail: str = ""
    sha256: str = ""
    made: datetime | None = None
    until: datetime | None = None
    may_renew: bool = False

    @property
    def is_ready(self) -> bool:
        """Whether it can be downloaded."""
        return self.state == ExportState.READY

    @property
    def is_under_way(self) -> bool:
        """Whether looking again later shows more."""
        return self.state in UNDER_WAY


def every(holder: Holder, *, page: str, now: datetime) -> list[Tile]:
    """Return a tile for each kind, in the order in which they are offered."""
    found = export_access.exports_of(holder, now=now)
    return [_tile(kind, found.get(kind.value), page, now) for kind in ExportKind]


def one(holder: Holder, kind: ExportKind, *, page: str, now: datetime) -> Tile:
    """Return the tile of one kind."""
    return _tile(kind, export_access.exports_of(holder, now=now).get(kind.value), page, now)


def columns(kind: ExportKind) -> Mapping[str, str | Promise]:
    """Return what the columns of a table mean; empty for what is none."""
    return COLUMNS.get(kind, {})


def _tile(kind: ExportKind, export: Export | None, page: str, now: datetime) -> Tile:
    name, note, url = str(kind.label), str(NOTES[kind]), reverse(page, args=[kind.value])
    if export is None:
        return Tile(name=name, note=note, url=url, button=_("Get this file"))
    state = shown.state_of(export)
    buttons = {ExportState.READY: _("Download"), ExportState.FAILED: _("Try again")}
    details = {ExportState.READY: shown.size(export), ExportState.FAILED: shown.failure(export)}
    return Tile(
        name=name,
        note=note,
        url=url,
        button=buttons.get(state, _("See how far it is")),
        state=state.value,
        word=str(state.label),
        tone=TONES[state],
        detail=details.get(state, shown.progress(export)),
        sha256=export.sha256,
        made=export.ready_at,
        until=export.expires_at,
        may_renew=not is_as_good(export, now),
    )
