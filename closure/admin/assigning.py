"""Assigning in bulk, from the list: the one thing that is done to many requests at once, and it decides nothing."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, ActionForm
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import clock
from accounts.admin.base import actor_of
from accounts.exceptions import PortalError
from closure.models import ClosureRequest
from closure.operations import desk

ME, NOBODY = "me", "nobody"


class AssignForm(ActionForm):
    """To whom."""

    to = forms.ChoiceField(label=gettext_lazy("To"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(key), name) for key, name in desk.deciders()]
        self.fields["to"].choices = [(ME, _("Me")), (NOBODY, _("Nobody")), *people]  # type: ignore[attr-defined]


def assign(_admin: Any, request: HttpRequest, queryset: QuerySet[ClosureRequest]) -> None:
    """Assign what was ticked on the page; never what only matches, however many "all" are."""
    actor = actor_of(request)
    keys = queryset.filter(pk__in=ticked(request)).values_list("pk", flat=True)
    to = request.POST["to"]
    person = actor.account_id if to == ME else None if to == NOBODY else UUID(to)
    try:
        count = desk.assign(list(keys), to=person, actor=actor, now=clock.now())
    except PortalError as error:
        messages.error(request, error.message)
        return
    said = ngettext("%(count)s closure changed hands.", "%(count)s closures changed hands.", count)
    messages.success(request, said % {"count": count})


assign.short_description = gettext_lazy("Assign")  # type: ignore[attr-defined]


def ticked(request: HttpRequest) -> list[UUID]:
    """Return the keys of what was ticked; raises BadRequest for what is no key."""
    try:
        return [UUID(key) for key in request.POST.getlist(ACTION_CHECKBOX_NAME)]
    except ValueError as error:
        raise BadRequest("no key") from error
