"""An export in words, for pages and answers: how far it is, how large, and what went wrong."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from closure.exports.enums import ExportFailure, ExportState
from closure.models import Export
from closure.poison import CALLING

UNIT = 1024
UNITS = ("KB", "MB", "GB", "TB")


def state_of(export: Export) -> ExportState:
    """Return the state as its owner sees it."""
    state = ExportState(export.state)
    is_at_it = state is ExportState.QUEUED and export.last_error.startswith(CALLING)
    return ExportState.BUILDING if is_at_it else state


def progress(export: Export) -> str:
    """Return how far it is: lines read, which only grow."""
    if not export.lines:
        return ""
    text = ngettext("%(n)s line so far", "%(n)s lines so far", export.lines)
    return text % {"n": f"{export.lines:,}"}


def size(export: Export) -> str:
    """Return how large the file is: `1.4 MB`."""
    number = export.size or 0
    if number < UNIT:
        return ngettext("%(n)d byte", "%(n)d bytes", number) % {"n": number}
    power = min((number.bit_length() - 1) // 10, len(UNITS))
    tenths = number * 10 // UNIT**power
    return f"{tenths // 10}.{tenths % 10} {UNITS[power - 1]}"


def failure(export: Export) -> str:
    """Return why it failed, and what to do."""
    return str(ExportFailure(export.reason).label) if export.reason else _("Ask for it again.")
