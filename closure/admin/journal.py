"""The journal with the words of closing in it."""

import json

from django.contrib import admin
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.admin.journal import EventAdmin
from accounts.models import Event
from closure.admin import story
from closure.retention.enums import ArchiveAction

WORDS: dict[str, str | Promise] = {
    ArchiveAction.PURGED: gettext_lazy("Archives of a month destroyed"),
    ArchiveAction.KEYS_ROTATED: gettext_lazy("Archive key of a month renewed"),
}


class JournalAdmin(EventAdmin):
    """The journal of both floors."""

    @admin.display(description=gettext_lazy("What"))
    def said(self, event: Event) -> str:
        """What happened, in words."""
        if event.action.startswith("closure.") or event.action in story.BESIDE:
            return story.said(event.action, json.loads(bytes(event.body))["data"])
        return str(WORDS.get(event.action) or super().said(event))
