"""Shapes of what staff type about accounts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import case_answers
from accounts.admin import case_desk
from accounts.case_messages import MAX_TEXT
from accounts.enums import CaseKind

MAX_NOTE = 2000


class OpenCaseForm(forms.Form):
    """What a case is about."""

    kind = forms.ChoiceField(label=_("What it is about"), choices=CaseKind.choices)
    note = forms.CharField(
        label=_("Note for staff"), required=False, max_length=MAX_NOTE, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("For staff and the journal. The customer does not read it."),
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReadCaseForm(ReasonForm):
    """Why somebody reads what a customer wrote, or was written."""

    reason = forms.CharField(
        label=_("Why do you read it?"), max_length=MAX_NOTE, widget=forms.Textarea(attrs={"rows": 2})
    )


class AnswerCaseForm(forms.Form):
    """What the customer reads."""

    text = forms.CharField(
        label=_("Answer to the customer"), max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 6})
    )


class TemplateForm(forms.Form):
    """Which words an answer begins with."""

    template = forms.ChoiceField(label=_("Begin with"), choices=case_answers.choices)


class DeskForm(forms.Form):
    """What to do about whose desk a case lies on."""

    move = forms.ChoiceField(choices=[(move, move) for move in case_desk.MOVES])


class ResolveCaseForm(forms.Form):
    """How a case ended."""

    note = forms.CharField(
        label=_("Note for staff"), required=False, max_length=MAX_NOTE, widget=forms.Textarea(attrs={"rows": 2})
    )
