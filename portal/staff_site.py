"""The staff console: Django's own admin on a site that always asks for a second factor (L07)."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.admin.accounts import AccountAdmin
from accounts.admin.announcements import AnnouncementAdmin
from accounts.admin.base import UNPROCESSABLE, actor_of
from accounts.admin.block_decisions import WORK as BLOCK_WORK
from accounts.admin.blocks import BlockAdmin
from accounts.admin.case_list import WORK as CASE_WORK
from accounts.admin.lift_decisions import WORK as LIFT_WORK
from accounts.admin.messages import MessageAdmin
from accounts.admin.work import Work
from accounts.api.access import second_factor_done
from accounts.enums import Role
from accounts.exceptions import NotAllowed
from accounts.models import (
    Account,
    Announcement,
    BlockedIdentity,
    Case,
    DormancyNotice,
    Event,
    FactorRecovery,
    OutboxMessage,
    Restriction,
)
from accounts.views.sign_in import SignOutView
from closure.admin import figures
from closure.admin.calls import WORK as CALL_WORK
from closure.admin.calls import EffectAdmin
from closure.admin.cases import CaseAdmin
from closure.admin.claim_work import WORK as CLAIM_WORK
from closure.admin.claims import DepositClaimAdmin
from closure.admin.dormancy import WORK as DORMANCY_WORK
from closure.admin.dormancy import DormancyNoticeAdmin
from closure.admin.evidence import EvidenceAdmin
from closure.admin.help import HelpFeedbackAdmin
from closure.admin.journal import JournalAdmin
from closure.admin.reactivations.table import ReactivationAdmin
from closure.admin.reactivations.work import WORK as REACTIVATION_WORK
from closure.admin.readmissions import WORK as READMISSION_WORK
from closure.admin.readmissions import ReadmissionAdmin
from closure.admin.recoveries import FactorRecoveryAdmin
from closure.admin.recovery_decisions import WORK as RECOVERY_WORK
from closure.admin.requests import ClosureRequestAdmin
from closure.admin.residuals import ResidualAdmin
from closure.admin.restrictions import RestrictionAdmin
from closure.admin.work import WORK
from closure.models import (
    ClosureRequest,
    DepositClaim,
    Effect,
    Evidence,
    HelpFeedback,
    Reactivation,
    Readmission,
    Residual,
)
from closure.retention import canary
from closure.retention.admin.disclosures import DisclosureAdmin
from closure.retention.admin.holds import LegalHoldAdmin
from closure.retention.admin.work import WORK as HOLD_WORK
from closure.retention.models import Disclosure, LegalHold
from closure.retention.views import OpeningView

# Passwords change on pages of the portal's own; the rest serves forms that this console does not have.
UNUSED = frozenset({"password_change", "password_change_done", "autocomplete", "jsi18n", "view_on_site"})
NEXT = "next"
KINDS_OF_WORK: tuple[tuple[Work[Any], type[Model]], ...] = (
    *((kind, ClosureRequest) for kind in WORK),
    *((kind, Effect) for kind in CALL_WORK),
    *((kind, Reactivation) for kind in REACTIVATION_WORK),
    *((kind, Readmission) for kind in READMISSION_WORK),
    *((kind, Case) for kind in CASE_WORK),
    *((kind, FactorRecovery) for kind in RECOVERY_WORK),
    *((kind, LegalHold) for kind in HOLD_WORK),
    *((kind, Restriction) for kind in LIFT_WORK),
    *((kind, DepositClaim) for kind in CLAIM_WORK),
    *((kind, BlockedIdentity) for kind in BLOCK_WORK),
    *((kind, DormancyNotice) for kind in DORMANCY_WORK),
)


class StaffSite(AdminSite):
    """Open to staff whose session passed a second factor; everybody else is sent to the portal's own sign-in."""

    site_title = gettext_lazy("Staff console")
    index_title = gettext_lazy("The day's work")
    index_template = "staff/index.html"
    site_url = None
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether this session may see the console at all: an e-mail code signs in, but is no second factor (A13)."""
        user = request.user
        return isinstance(user, Account) and user.is_active and user.is_staff and second_factor_done(user)

    def get_urls(self) -> list[Any]:
        """Leave out what this console does not have, and add the page that is no table's."""
        every: list[URLPattern | URLResolver] = super().get_urls()
        opening = self.admin_view(OpeningView.as_view(site=self))
        return [
            path("retention/disclosure/<uuid:key>/open/", opening, name="retention_disclosure_open"),
            path("figures/", self.admin_view(self.figures_view), name="figures"),
            *(each for each in every if getattr(each, "name", None) not in UNUSED),
        ]

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Send people to the portal's sign-in; who is signed in without the right to be here is told why."""
        target = request.GET.get(NEXT, "")
        if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
            target = reverse("admin:index")
        if self.has_permission(request):
            return redirect(target)
        if not request.user.is_authenticated:
            return redirect(f"{reverse('sign-in')}?{urlencode({NEXT: target})}")
        if request.user.is_staff:
            raise NotAllowed(_("Staff need a second factor here. Sign out, then sign in with your authenticator app."))
        raise NotAllowed(_("This part is for staff."))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:  # type: ignore[override]
        """Sign out as everywhere, by POST."""
        return SignOutView.as_view()(request)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add who is signed in, in which roles."""
        context = super().each_context(request)
        if context["has_permission"]:
            roles = actor_of(request).roles
            context["staff_roles"] = ", ".join(str(role.label) for role in Role if role in roles)
        return {**context, "site_header": _("%(brand)s staff") % {"brand": settings.PORTAL_BRAND}}

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        """Show the day's work first, each kind with its count and its list, then figures where they cost a moment."""
        now = clock.now()
        if not actor_of(request).roles:
            return super().index(request, extra_context)
        work = [
            (
                kind,
                kind.count(now),
                reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"),
            )
            for kind, model in KINDS_OF_WORK
            if self._registry[model].has_view_permission(request)
        ]
        told = {"work": work, "lost_months": ", ".join(canary.problems())}
        shown = figures.shown(request.GET, now=now, at_a_glance=True)
        page = super().index(request, {**told, "shown": shown, "refused": shown.form, "here": request.path})
        page.status_code = UNPROCESSABLE if shown.form.errors else page.status_code
        return page

    def figures_view(self, request: HttpRequest) -> TemplateResponse:
        """Show the figures alone, however long they take."""
        if not actor_of(request).roles:
            raise PermissionDenied
        shown = figures.shown(request.GET, now=clock.now(), at_a_glance=False)
        told = {"title": _("Figures"), "shown": shown, "refused": shown.form, "here": request.path}
        request.current_app = self.name
        status = UNPROCESSABLE if shown.form.errors else 200
        return TemplateResponse(request, "staff/figures.html", {**self.each_context(request), **told}, status=status)


staff_site = StaffSite(name="admin")
staff_site.register(ClosureRequest, ClosureRequestAdmin)
staff_site.register(Reactivation, ReactivationAdmin)
staff_site.register(Readmission, ReadmissionAdmin)
staff_site.register(Effect, EffectAdmin)
staff_site.register(Residual, ResidualAdmin)
staff_site.register(Account, AccountAdmin)
staff_site.register(Restriction, RestrictionAdmin)
staff_site.register(Case, CaseAdmin)
staff_site.register(FactorRecovery, FactorRecoveryAdmin)
staff_site.register(BlockedIdentity, BlockAdmin)
staff_site.register(DepositClaim, DepositClaimAdmin)
staff_site.register(Evidence, EvidenceAdmin)
staff_site.register(HelpFeedback, HelpFeedbackAdmin)
staff_site.register(Announcement, AnnouncementAdmin)
staff_site.register(LegalHold, LegalHoldAdmin)
staff_site.register(Disclosure, DisclosureAdmin)
staff_site.register(OutboxMessage, MessageAdmin)
staff_site.register(DormancyNotice, DormancyNoticeAdmin)
staff_site.register(Event, JournalAdmin)
