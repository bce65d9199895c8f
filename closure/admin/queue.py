"""The closure queue: what is due first, in pages that cost the same at any number of requests; nothing is decided here.

A list of a million requests needs an index for whatever it is asked (closure.models.queue_indexes).
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.admin.base import ViewOnlyAdmin, account_key, account_link, actor_of
from accounts.templatetags.portal_ui import when
from closure.admin import desk
from closure.admin.assigning import AssignForm, assign, ticked
from closure.admin.filters import ClosureWorkFilter, DeskFilter, DueFilter, FlagFilter, StateFilter
from closure.admin.tones import age_tag, flag_tags, state_tag
from closure.admin.work import submitted
from closure.desk import names
from closure.models import ClosureRequest
from closure.operations.desk import may_assign

CONFLICT, FORBIDDEN = 409, 403
# By address, so each can be kept as a bookmark.
VIEWS: tuple[tuple[str | Promise, dict[str, str]], ...] = (
    (gettext_lazy("Not over"), {}),
    (gettext_lazy("Mine"), {"desk": "mine"}),
    (gettext_lazy("Unclaimed"), {"desk": "free"}),
    (gettext_lazy("Overdue"), {"work": "overdue"}),
    (gettext_lazy("Second approval"), {"work": "second"}),
    (gettext_lazy("On hold"), {"work": "held"}),
    (gettext_lazy("Parked"), {"work": "stuck"}),
)


class QueueAdmin(ViewOnlyAdmin[ClosureRequest]):
    """What customers asked for, first due first."""

    change_list_template = "staff/closures.html"
    list_display = ("reference", "due", "shown_state", "flagged", "at_work", "shown_account")
    list_display_links = ("reference",)
    list_filter = (ClosureWorkFilter, StateFilter, DeskFilter, DueFilter, FlagFilter)
    list_select_related = False
    list_defer: ClassVar[tuple[str, ...]] = ("policy", "plan", "progress", "acknowledged", "acknowledged_texts")
    ordering = ("finalizes_before", "id")
    search_fields = ("reference",)
    search_help_text = gettext_lazy("A reference (CL-...), or an e-mail address or phone number in full.")
    actions = (assign,)
    action_form = AssignForm
    actions_selection_counter = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ClosureRequest]:
        """Leave drafts out."""
        return submitted().order_by(*self.ordering)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Return assigning, for leads: nothing that decides or deletes, and nothing of the whole site's."""
        return {"assign": self.get_action(assign)} if may_assign(actor_of(request)) else {}

    def get_action_choices(self, request: HttpRequest, default_choices: Any = ()) -> list[tuple[str, str]]:
        """Offer what there is without an empty choice before it."""
        return super().get_action_choices(request, [])

    @admin.display(description=gettext_lazy("Select"))
    def tick(self, row: ClosureRequest) -> SafeString:
        """A box to tick; no script has to be there for it."""
        said = _("Select %(reference)s") % {"reference": row.reference}
        return format_html(
            '<input type="checkbox" name="{}" value="{}" aria-label="{}">', ACTION_CHECKBOX_NAME, row.pk, said
        )

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[ClosureRequest], *_location: Any
    ) -> HttpResponse | None:
        """Assign; what was ticked has to be keys."""
        ticked(request)
        return super().response_action(request, queryset)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list with its views; a whole reference leads straight to its request."""
        term = request.GET.get("q", "").strip().upper()
        if term.startswith("CL-") and self.has_view_permission(request):
            found = submitted().filter(reference=term).first()
            if found is not None:
                return redirect(self.address(found))
        asked = {name: value for name, value in request.GET.items() if name != "p"}
        views = [
            (name, "?" + "&".join(f"{key}={value}" for key, value in query.items()), asked == query)
            for name, query in VIEWS
        ]
        return super().changelist_view(request, {"views": views, **(extra_context or {})})

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ClosureRequest], search_term: str
    ) -> tuple[QuerySet[ClosureRequest], bool]:
        """Find by exact reference, or by a contact through its fingerprint; nothing by part."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if term.upper().startswith("CL-"):
            return queryset.filter(reference=term.upper()), False
        return queryset.filter(account_id=account_key(term)), False

    def prepare(self, request: HttpRequest, rows: Sequence[ClosureRequest]) -> None:
        """Find the names of who is at work, for all rows at once."""
        now = clock.now()
        known = names({person for row in rows for person in desk.people(row, now)})
        for row in rows:
            row.said_at_work = desk.in_list(row, known, now)  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("Due"))
    def due(self, row: ClosureRequest) -> SafeString | str:
        """When it is due, and how much of its time a review has used, in a word."""
        return format_html("{} {}", age_tag(row, clock.now()), when(row.finalizes_before))

    @admin.display(description=gettext_lazy("State"))
    def shown_state(self, row: ClosureRequest) -> SafeString:
        """The state as a tag."""
        return state_tag(row)

    @admin.display(description=gettext_lazy("Flags"))
    def flagged(self, row: ClosureRequest) -> SafeString | str:
        """Why a person should look."""
        return flag_tags(row)

    @admin.display(description=gettext_lazy("At work"))
    def at_work(self, row: ClosureRequest) -> SafeString | str:
        """Who is at work on it until when, or whose work it is."""
        return row.said_at_work  # type: ignore[attr-defined,no-any-return]

    @admin.display(description=gettext_lazy("Account"))
    def shown_account(self, row: ClosureRequest) -> SafeString | str:
        """Whose it is."""
        return account_link(row.account_id)
