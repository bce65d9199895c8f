"""Receipts in words: the codes and numbers that were signed, as people read them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from accounts.enums import IdentifierKind
from closure.receipts.enums import LeftBehind, ReceiptAnswer
from closure.retention.enums import RecordClass
from closure.retention.groups import ErasedGroup

# One sheet of paper holds so many of a kind; the file has all of them.
MOST_LOSSES = 6
KEPT: dict[str, str | Promise] = {
    RecordClass.IDENTITY: gettext_lazy("Identity records"),
    RecordClass.TRANSACTIONS: gettext_lazy("Transaction records"),
    RecordClass.CLOSURE_FILE: gettext_lazy("The file of this closure"),
}
BLOCKED: dict[str, str | Promise] = {
    IdentifierKind.EMAIL: gettext_lazy("Same e-mail address"),
    IdentifierKind.PHONE: gettext_lazy("Same phone number"),
    IdentifierKind.DOCUMENT: gettext_lazy("Same identity document"),
    IdentifierKind.NATIONAL_NUMBER: gettext_lazy("Same national number"),
}
ANSWERS: dict[ReceiptAnswer, tuple[str, str | Promise, str | Promise]] = {
    ReceiptAnswer.VALID: (
        "ok",
        gettext_lazy("This receipt is genuine"),
        gettext_lazy("We signed it, and nothing in it was changed since. It says:"),
    ),
    ReceiptAnswer.CHANGED: (
        "danger",
        gettext_lazy("This receipt was changed"),
        gettext_lazy(
            "It looks like one of ours, and it is not as we signed it. One letter is enough for that. "
            "Do not trust what it says. If you have the file as it was downloaded, check that one."
        ),
    ),
    ReceiptAnswer.NOT_OURS: (
        "warn",
        gettext_lazy("We did not sign this receipt"),
        gettext_lazy(
            "It was signed with a key that is not ours. Ask whoever it names as its issuer, or do not trust it."
        ),
    ),
    ReceiptAnswer.NOT_A_RECEIPT: (
        "warn",
        gettext_lazy("This is not a receipt"),
        gettext_lazy(
            "We cannot find one in it. Use the whole file that is offered with a receipt, as it was downloaded."
        ),
    ),
}


def shown(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a page shows of a receipt that we signed; times as times, so that templates write them."""
    return {
        **{name: said[name] for name in ("reference", "issuer", "policy", "journal_head", "key")},
        "closed_at": _time(said["closed_at"]),
        "erased": [(ErasedGroup(each["what"]).label, each["count"]) for each in said["erased"] if each["count"]],
        "kept": [
            {"label": KEPT[each["what"]], "until": _time(each["until"]), "basis": each["basis"]}
            for each in said["kept"]
        ],
        "blocked": [
            {"label": BLOCKED[each["kind"]], "until": each["until"] and _time(each["until"])}
            for each in said["blocked"]
        ],
        "given_up": _losses(said["given_up"]),
    }


def _losses(given_up: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Return one line for each kind of loss: the first of them, and how many more there are."""
    told = []
    for what in LeftBehind:
        of_kind = [each for each in given_up if each["what"] == what]
        named = [" ".join(filter(None, (each["amount"], each["asset"]))) for each in of_kind[:MOST_LOSSES]]
        if more := len(of_kind) - len(named):
            words = ngettext("%(n)d more, named in the file", "%(n)d more, named in the file", more)
            named.append(words % {"n": more})
        if named:
            told.append({"label": what.label, "text": ", ".join(named)})
    return told


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def answer(found: ReceiptAnswer) -> dict[str, str]:
    """Return the tone, the headline and the words of an answer."""
    tone, headline, words = ANSWERS[found]
    return {"tone": tone, "headline": str(headline), "words": str(words)}
