"""Saving records before leaving: files to take along, then on to the codes."""

from typing import Any

from django import forms
from django.http.response import HttpResponseBase

from accounts import clock
from closure.enums import Step
from closure.export_access import Holder
from closure.operations.export import mark_exported
from closure.operations.verify import begin_verification, send_needed
from closure.views import tiles, words
from closure.views.pages import JourneyPage
from closure.views.records import ONE


class ExportView(JourneyPage):
    """The last chance to download, and the time limit of the next step said before it starts (B10, D02)."""

    template_name = "closure/export.html"
    form_class = forms.Form
    step = Step.EXPORT

    def context(self) -> dict[str, Any]:
        """Return the files, how long they stay, and the time limit in words."""
        return {
            "tiles": tiles.every(Holder(account=self.account), page=ONE, now=clock.now()),
            "until_text": words.export_until(self.policy),
            "limit_text": words.limit(self.policy),
        }

    def act(self, form: forms.Form) -> HttpResponseBase:
        """Remember that it was offered, send the codes that will be needed, go on."""
        now = clock.now()
        mark_exported(self.draft.pk, skipped="skip" in self.request.POST, actor=self.actor, now=now)
        send_needed(self.draft, begin_verification(self.draft.pk, now=now), now=now)
        return self.go_on()
