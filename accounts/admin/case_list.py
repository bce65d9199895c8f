"""The queue of cases: those that are not over first, who waits longest on top; found by reference or by contact."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import case_desk, clock
from accounts.admin.base import ViewOnlyAdmin, account_key, account_link, actor_of
from accounts.admin.filters import FixedFilter, WorkFilter
from accounts.admin.tones import case_tag
from accounts.admin.work import Work
from accounts.enums import CaseKind, CaseState, InvitationCause
from accounts.models import Case, RecoveryInvitation
from accounts.templatetags.portal_ui import when

EVERYTHING = "all"


def _proposed() -> QuerySet[RecoveryInvitation]:
    return RecoveryInvitation.objects.filter(ended_at=None, confirmed_at=None, cause=InvitationCause.STAFF)


WORK: tuple[Work[Case], ...] = (
    Work(
        code="cases",
        name=gettext_lazy("Cases to answer"),
        note=gettext_lazy("Customers wrote last, oldest case first."),
        rows=lambda _now: Case.objects.filter(state=CaseState.OPEN),
        tone="info",
    ),
    Work(
        code="invitations",
        name=gettext_lazy("Documents to stand for a proof"),
        note=gettext_lazy("One person proposed it in a case. A lead who is somebody else confirms."),
        rows=lambda _now: Case.objects.filter(pk__in=_proposed().values("case_id")),
        tone="info",
    ),
)


class CaseWorkFilter(WorkFilter):
    """Who waits for an answer."""

    work = WORK


class CaseStateFilter(FixedFilter):
    """How it stands; without a choice everything that is not resolved."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the states, and all of them."""
        return [*CaseState.choices, (EVERYTHING, _("All"))]

    def choices(self, changelist: Any) -> Any:
        """Name what is listed without a choice."""
        for number, choice in enumerate(super().choices(changelist)):
            yield {**choice, "display": _("Not resolved")} if number == 0 else choice

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        """Keep one state; who searches, or opens the day's work, is shown all that is found."""
        asked = self.known()
        if asked in CaseState.values:
            return queryset.filter(state=asked)
        is_wide = asked == EVERYTHING or request.GET.get("q", "").strip()
        return queryset if is_wide else queryset.exclude(state=CaseState.RESOLVED)


class CaseKindFilter(FixedFilter):
    """What it is about."""

    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the kinds."""
        return list(CaseKind.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        """Keep one of them."""
        asked = self.known()
        return queryset.filter(kind=asked) if asked else queryset


class CaseDeskFilter(FixedFilter):
    """Whose work it is."""

    title = gettext_lazy("at work")
    parameter_name = "desk"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the two that matter to who asks."""
        return [("mine", _("Mine")), ("free", _("Unclaimed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        """Keep what lies on the desk of who asks, or on nobody's and is not over."""
        asked, person, now = self.known(), actor_of(request).account_id, clock.now()
        if asked == "mine" and person is not None:
            return queryset.filter(case_desk.of(person, now))
        return queryset.filter(case_desk.unclaimed(now)).exclude(state=CaseState.RESOLVED) if asked else queryset


class CaseList(ViewOnlyAdmin[Case]):
    """Support cases."""

    list_display = ("reference", "shown_state", "kind", "account", "opened", "at_work")
    list_filter = (CaseWorkFilter, CaseStateFilter, CaseKindFilter, CaseDeskFilter)
    search_fields = ("reference",)
    search_help_text = gettext_lazy("A reference (SC-...), or an e-mail address or phone number in full.")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Who waits longest first; who looks among what is over, or for somebody, finds the newest first."""
        is_looking = request.GET.get("state") in {CaseState.RESOLVED, EVERYTHING} or request.GET.get("q", "").strip()
        return ("-id",) if is_looking else ("id",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Case], search_term: str
    ) -> tuple[QuerySet[Case], bool]:
        """Find by exact reference, or by the account behind a contact, though its owner has not shown up yet."""
        if not search_term.strip():
            return queryset, False
        account_id = account_key(search_term)
        theirs = Q(account_id=account_id) | Q(account_id=None, contact__account_id=account_id)
        return queryset.filter(Q(reference=search_term.strip().upper()) | theirs), False

    @admin.display(description=gettext_lazy("State"))
    def shown_state(self, case: Case) -> SafeString:
        """The state as a tag."""
        return case_tag(case)

    @admin.display(description=gettext_lazy("Account"))
    def account(self, case: Case) -> SafeString | str:
        """Whom it is about, where that is known."""
        return account_link(case.account_id)

    @admin.display(description=gettext_lazy("Opened"))
    def opened(self, case: Case) -> str:
        """When it was opened."""
        return when(case.created_at)

    @admin.display(description=gettext_lazy("At work"))
    def at_work(self, case: Case) -> str:
        """Until when it lies on a desk; whose it is says its page."""
        return when(case.desk_until) if case_desk.holder(case, clock.now()) is not None else "–"
