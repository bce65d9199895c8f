"""The page on which compliance opens an archive: verify, read the passphrase, download the sealed file (F05, L07).

The passphrase is on the page and in its form, signed, and nowhere else; the file is in the answer to that form and
nowhere else (docs/decisions/0017).
"""

from typing import Any, ClassVar

from django.contrib.admin import AdminSite
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.admin.base import actor_of
from accounts.enums import STAFF_FACTORS, FactorKind, Purpose
from accounts.exceptions import PortalError, SecondPersonRequired
from accounts.views.guarded import ACT, GuardedPage
from closure.retention import bundles, disclosures
from closure.retention.admin.forms import OpeningForm
from closure.retention.enums import DisclosureState
from closure.retention.models import Disclosure
from closure.retention.powers import OPEN

SALT = "disclosure-passphrase"


class OpeningView(GuardedPage):
    """One disclosure, opened once. The staff site says which it is, and lets in whoever may be there at all."""

    site: ClassVar[AdminSite | None] = None
    template_name = "staff/open_disclosure.html"
    purpose = Purpose.OPEN_ARCHIVE
    actor: Actor
    row: Disclosure
    passphrase: str = ""

    def prepare(self) -> HttpResponseBase | None:
        """Find the disclosure; raises where somebody else has to open it, goes back to its page where nobody can."""
        self.actor = actor_of(self.request)
        if not self.actor.may(OPEN):
            raise PermissionDenied
        row = Disclosure.objects.filter(pk=self.kwargs["key"]).first()
        if row is None:
            raise Http404
        self.row = row
        if disclosures.may_open(row, self.actor):
            return None
        if disclosures.state_of(row) is DisclosureState.READY:
            raise SecondPersonRequired
        return redirect(self.back)

    def subject(self) -> tuple[str, ...]:
        """Return the disclosure: the verification opens no other."""
        return (str(self.row.pk),)

    def kinds(self) -> frozenset[FactorKind]:
        """Return second factors of staff; a mailed or texted code is none."""
        return STAFF_FACTORS

    def doing(self) -> str:
        """Say what is opened, for whom."""
        return _("You open the archive of account …%(account)s. For: %(whom)s. Reference: %(reference)s.") % {
            "account": self.row.account_id.hex[-6:],
            "whom": self.row.get_purpose_display(),
            "reference": self.row.case_reference,
        }

    @property
    def back(self) -> str:
        """Where the page of the disclosure is."""
        return reverse("admin:retention_disclosure_change", args=[self.row.pk])

    def make_action_form(self, data: Any = None) -> OpeningForm:
        """Return the form, with a new passphrase, or with the one that it was sent with."""
        if data is not None:
            self.passphrase = self._passphrase_in(data.get("made", ""))
            return OpeningForm(data)
        if self.stage != ACT:
            return OpeningForm()
        self.passphrase = bundles.new_passphrase()
        return OpeningForm(initial={"made": signing.dumps([self._bound_to(), self.passphrase], salt=SALT)})

    def carry_out(self, form: OpeningForm) -> HttpResponseBase:
        """Answer with the file."""
        file = disclosures.open_disclosure(
            self.row.pk,
            passphrase=self.passphrase,
            reason=form.cleaned_data["reason"],
            proof=self.proof(),
            actor=self.actor,
            now=self.now,
        )
        answer = HttpResponse(file, content_type="application/octet-stream")
        answer["Content-Disposition"] = f'attachment; filename="disclosure-{self.row.pk.hex[-6:]}.bundle"'
        return answer

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """Render it in the frame of the staff console."""
        form = more.pop("form", None) or self.make_form()
        return super().show(status=status, form=form, refused=form if form.is_bound else None, **more)

    def context(self) -> dict[str, Any]:
        """Return what the frame and the page need."""
        frame = self.site.each_context(self.request) if self.site is not None else {}
        return {
            **frame,
            "opts": Disclosure._meta,
            "title": _("Open disclosure %(reference)s") % {"reference": self.row.case_reference},
            "passphrase": self.passphrase,
            "back_url": self.back,
        }

    def _bound_to(self) -> str:
        """Return the verification: a passphrase of another page is none here."""
        return str(self.step_up.pk) if self.step_up is not None else ""

    def _passphrase_in(self, made: str) -> str:
        try:
            bound_to, passphrase = signing.loads(made, salt=SALT)
        except signing.BadSignature:
            bound_to, passphrase = None, ""
        if bound_to != self._bound_to():
            raise PortalError(_("The passphrase was not one of this page. Here is another one: write this one down."))
        return str(passphrase)
