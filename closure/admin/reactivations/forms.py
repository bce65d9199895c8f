"""Shapes of decisions about reactivations. What is missing or wrong is said by the operations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from closure.admin.forms import SeenForm
from closure.reactivation import rules
from closure.reactivation.rules import Rule

Choices = list[tuple[str, Any]]
RULES = ("note", "document", "whole")


def _choices(about: frozenset[Any]) -> Choices:
    return [(rule.value, rule.label) for rule in Rule if rules.about(rule) == about]


class DecisionForm(SeenForm):
    """Why, and on which version."""

    def facts(self) -> dict[str, Any]:
        """Return what the operation is given."""
        return {"text": self.cleaned_data["reason"], "seen_version": self.cleaned_data["seen_version"]}


class RulesForm(DecisionForm):
    """Which rules are broken: of the note, of the document, or of all of it."""

    note = forms.MultipleChoiceField(
        label=_("Note: what is against the rules"),
        choices=_choices(rules.NOTE),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    document = forms.MultipleChoiceField(
        label=_("Document: what is against the rules"),
        choices=_choices(rules.DOCUMENT),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    whole = forms.MultipleChoiceField(
        label=_("All of it"),
        choices=_choices(rules.NOTE | rules.DOCUMENT),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = (*RULES, "reason", "seen_version")

    def facts(self) -> dict[str, Any]:
        """Return what the operation is given."""
        named = [code for field in RULES for code in self.cleaned_data[field]]
        return {**super().facts(), "broken": rules.read(named)}


class RefuseForm(RulesForm):
    """Which rules are broken; a note for staff beside them."""


class AskForm(RulesForm):
    """Which photos have to be better, and what else the customer reads."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("What else the customer has to know")
        self.fields["reason"].help_text = _("The customer reads it in the mail, as you write it here.")


class ApproveForm(DecisionForm):
    """Why."""


class LookForm(forms.Form):
    """Why somebody looks at the photos."""

    reason = forms.CharField(
        label=_("Why do you look at them?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
