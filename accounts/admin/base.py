"""What every page of the staff console shares: who acts, who may look, lists that stay cheap, and no way to edit."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.forms import Media
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import identifiers
from accounts.actors import Actor
from accounts.admin.keyset import KeysetChangeList
from accounts.exceptions import NotAllowed, PortalError
from accounts.models import Account
from accounts.powers import who_views

M = TypeVar("M", bound=Model)
NO_ACCOUNT = UUID(int=0)
_CACHED = "_staff_actor"
FORBIDDEN, UNPROCESSABLE = 403, 422
Facts = Sequence[tuple[str, Any]]


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts in this request, with one query for the roles however often it is asked; raises NotAllowed."""
    known: Actor | None = getattr(request, _CACHED, None)
    if known is None:
        user = request.user
        if not isinstance(user, Account):
            raise NotAllowed(_("Sign in first."))
        known = Actor.staff(user)
        setattr(request, _CACHED, known)
    return known


def refused_status(error: PortalError) -> int:
    """Return 403 where the person may not, 422 where something is wrong with what they typed or with its time."""
    return FORBIDDEN if isinstance(error, NotAllowed) else UNPROCESSABLE


class ViewOnlyAdmin(admin.ModelAdmin[M]):
    """A list and a page a row, for looking only; every change is an operation with a page of its own."""

    record_template: ClassVar[str] = "staff/record.html"
    actions: Any = None
    list_per_page = 50
    list_max_show_all = 0
    list_defer: ClassVar[tuple[str, ...]] = ()  # columns that a list does not need
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the role may look, as accounts.powers says; what the database says of groups is not asked."""
        return bool(actor_of(request).roles & who_views(self.opts.label))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the index lists it."""
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds rows here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody edits rows here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes rows here."""
        return False

    @property
    def route(self) -> str:
        """Start of the names of this table's addresses."""
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def get_urls(self) -> list[URLPattern]:
        """Return the list, the page of a row, and what a table adds: no add, delete, edit or history."""
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(self.changelist_view), name=f"{self.route}_changelist"),
            *self.more_urls(),
            path("<uuid:key>/", wrap(self.record_view), name=f"{self.route}_change"),
        ]

    def more_urls(self) -> list[URLPattern]:
        """Return the addresses of what can be done on the page of a row."""
        return []

    def address(self, row: Model) -> str:
        """Return where the page of a row is."""
        return reverse(f"admin:{self.route}_change", args=[row.pk])

    def find(self, request: HttpRequest, key: UUID) -> M:
        """Return a row for looking at; raises Http404, PermissionDenied."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row: M | None = self.get_queryset(request).filter(pk=key).first()
        if row is None:
            raise Http404
        return row

    def record_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Show one row."""
        return self.show(request, self.find(request, key))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list under the name of what it lists."""
        name = str(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": name[:1].upper() + name[1:], **(extra_context or {})})

    @property
    def media(self) -> Media:
        """No script: nothing here is edited, and what is ticked is ticked without one."""
        return Media()

    def get_changelist(self, request: HttpRequest, **_facts: Any) -> type[KeysetChangeList]:
        """Return the list that costs the same on every page."""
        return KeysetChangeList

    def prepare(self, request: HttpRequest, rows: Sequence[M]) -> None:
        """Find what the rows of one page need beside their columns, for all of them at once."""

    def show(self, request: HttpRequest, row: M, *, status: int = 200, **more: Any) -> HttpResponse:
        """Render the page of a row."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "row": row,
            "title": self.title(row),
            "facts": self.facts(row),
            **more,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, self.record_template, context, status=status)

    def title(self, row: M) -> str:
        """Return the heading of the page of a row."""
        return str(row)

    def facts(self, row: M) -> Facts:
        """Return what the page of a row says, as terms and values."""
        return []


def account_link(account_id: UUID | None) -> SafeString | str:
    """Return a link to an account by the short form of its key."""
    if account_id is None:
        return "–"
    return format_html(
        '<a class="ref" href="{}">…{}</a>',
        reverse("admin:accounts_account_change", args=[account_id]),
        account_id.hex[-6:],
    )


def actor_words(label: str) -> str:
    """Return the actor of an event or a restriction in words: a kind, with the short form of a key where it has one."""
    kind, _colon, name = label.partition(":")
    try:
        name = f"…{UUID(name).hex[-6:]}"
    except ValueError:
        name = name.replace("_", " ")
    return f"{kind.replace('_', ' ')} {name}".strip()


def account_key(term: str) -> UUID:
    """Return the key of the account that a search means: its id, or an e-mail or phone by fingerprint; else nobody's.

    Nothing is searched by part: that would read the whole table, and show people whom nobody asked about.
    """
    try:
        return UUID(term.strip())
    except ValueError:
        found = identifiers.find_account(term)
        return found.pk if found is not None else NO_ACCOUNT


CONTACT_SEARCH_HELP = gettext_lazy("An e-mail address or phone number in full, or the id of an account.")
