"""Factors in words: what each is called, where its code goes, and what its button says."""

from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm, BoundField
from django.utils.translation import gettext as _

from accounts.enums import FactorKind
from accounts.verification.step_up import FactorState

SENDABLE = frozenset({FactorKind.EMAIL, FactorKind.SMS})
# Nearest first: the app needs no network, a text message is quicker than a mail.
ORDER = (FactorKind.PASSKEY, FactorKind.TOTP, FactorKind.SMS, FactorKind.EMAIL, FactorKind.BACKUP)


@dataclass(frozen=True, kw_only=True)
class FactorCard:
    """One factor as a page shows it."""

    id: str
    kind: FactorKind
    hint: str
    sent: bool
    passed: bool
    bound: BoundField | None = None

    @property
    def sendable(self) -> bool:
        """Whether we send its code."""
        return self.kind in SENDABLE

    @property
    def is_passkey(self) -> bool:
        """Whether the browser gives the answer, not a person."""
        return self.kind is FactorKind.PASSKEY

    @property
    def name(self) -> str:
        """What it is called."""
        if self.kind is FactorKind.PASSKEY:
            return _("Passkey: %(name)s") % {"name": self.hint}
        names = {
            FactorKind.EMAIL: _("Code by mail"),
            FactorKind.SMS: _("Code by text message"),
            FactorKind.TOTP: _("Authenticator app"),
            FactorKind.BACKUP: _("Backup code"),
        }
        return names.get(self.kind, str(self.kind.label))

    @property
    def place(self) -> str:
        """Where its code goes."""
        return _("We send it to %(place)s.") % {"place": self.hint}

    @property
    def label(self) -> str:
        """Label of the field for its code."""
        labels = {
            FactorKind.EMAIL: _("Code from the mail"),
            FactorKind.SMS: _("Code from the text message"),
            FactorKind.TOTP: _("Code from the app"),
            FactorKind.BACKUP: _("Backup code"),
        }
        return labels.get(self.kind, _("Code"))

    @property
    def code_hint(self) -> str:
        """What the code looks like and where it went."""
        if self.sendable and self.sent:
            return _("Six digits, sent to %(place)s.") % {"place": self.hint}
        return _("Ten letters and digits. Each works once.") if self.kind is FactorKind.BACKUP else _("Six digits.")

    @property
    def send(self) -> str:
        """Word on the button that sends the first code."""
        return _("Send a code by mail") if self.kind is FactorKind.EMAIL else _("Send a code by text message")

    @property
    def send_again(self) -> str:
        """Word on the button that sends another code."""
        return _("Send a new code by mail") if self.kind is FactorKind.EMAIL else _("Send a new code by text message")


def cards(states: list[FactorState], fields: dict[str, Any] | None = None) -> list[FactorCard]:
    """Return the factors in the order of ORDER; `fields` gives each its bound form field by id."""
    made = [
        FactorCard(
            id=state.id,
            kind=FactorKind(state.kind),
            hint=state.hint,
            sent=state.state == "sent" and state.kind in SENDABLE,
            passed=state.state == "passed",
            bound=(fields or {}).get(state.id),
        )
        for state in states
    ]
    return sorted(made, key=lambda card: ORDER.index(card.kind) if card.kind in ORDER else len(ORDER))


def form_fields(shown: list[FactorCard]) -> dict[str, Any]:
    """Return what a FactorsForm needs to ask for these factors."""
    return {
        "factors": [(card.id, card.label, card.code_hint) for card in shown],
        "passkeys": [card.id for card in shown if card.is_passkey],
    }


def add_error(form: BaseForm, card_id: str, message: str) -> None:
    """Put a refusal at the field of a factor; what a script filled in has no field to show it at."""
    field = form.fields.get(card_id)
    form.add_error(None if field is None or field.widget.is_hidden else card_id, message)
