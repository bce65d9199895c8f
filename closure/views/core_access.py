"""API keys and withdrawal addresses, as the core has them now (N05, N07)."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Purpose
from accounts.views.guarded import GuardedPage
from accounts.views.pages import Page, SignedIn
from closure.exceptions import CoreAway
from closure.operations import core_access, whitelist
from closure.operations.core_access import ALL


class ListPage(SignedIn, Page):
    """A list that may be unreadable just now; then it says so, and never that there is nothing."""

    def items(self) -> Any:
        """Return what the core has; raises CoreAway."""
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        """Return the list, or that it could not be read."""
        try:
            return {"items": self.items(), "away": False}
        except CoreAway:
            return {"items": [], "away": True}


class ApiKeysView(ListPage):
    """The keys that work."""

    template_name = "closure/api_keys.html"

    def items(self) -> Any:
        """Return them."""
        return core_access.api_keys(self.account, now=clock.now())


class AddressesView(ListPage):
    """The saved addresses; those on the whitelist are marked, and whether it is on stands above them."""

    template_name = "closure/addresses.html"
    is_on = False

    def items(self) -> Any:
        """Return them."""
        self.is_on = whitelist.is_on(self.account)
        return core_access.addresses(self.account)

    def context(self) -> dict[str, Any]:
        """Return the list, and whether the whitelist is on."""
        return {**super().context(), "is_on": self.is_on}


class OneOrAllPage(GuardedPage):
    """Takes away one thing that the core has, or all of them."""

    template_name = "closure/core_access.html"
    danger = True
    list_page: ClassVar[str]
    back_text: ClassVar[Any]

    def known(self) -> dict[str, str]:
        """Return what there is: key and name; raises CoreAway."""
        raise NotImplementedError

    def prepare(self) -> HttpResponseBase | None:
        """Find what is taken away, among one's own."""
        self.which = str(self.kwargs.get("which", ALL))
        try:
            known = self.known()
        except CoreAway as error:
            messages.error(self.request, error.message)
            return redirect(self.list_page)
        if not known:
            return redirect(self.list_page)
        if self.which != ALL and self.which not in known:
            raise Http404
        self.named = known.get(self.which, "")
        return None

    def subject(self) -> tuple[str, ...]:
        """Bind the verification to it."""
        return (self.which,)

    def context(self) -> dict[str, Any]:
        """Return the heading and the way back."""
        return {"title": self.verb, "back_url": reverse(self.list_page), "back_text": self.back_text}


class RevokeKeysView(OneOrAllPage):
    """Revoke one key or all; a revoked key never works again."""

    purpose = Purpose.REVOKE_API_KEYS
    verb = gettext_lazy("Revoke API keys")
    list_page = "security-api-keys"
    back_text = gettext_lazy("Back to your API keys")

    def known(self) -> dict[str, str]:
        """Return the keys that work."""
        return {key.key_id: key.label or key.key_id for key in core_access.api_keys(self.account, now=self.now)}

    def doing(self) -> str:
        """Say which."""
        told = {"name": self.named, "account": self.account.short_id}
        if self.which == ALL:
            return _("You are revoking all API keys of account %(account)s.") % told
        return _("You are revoking the API key %(name)s of account %(account)s.") % told

    def carry_out(self, form: forms.Form) -> HttpResponseBase:
        """Revoke it."""
        core_access.revoke_keys(self.account, self.which, proof=self.proof(), now=self.now)
        messages.success(self.request, _("Revoked. It never works again."))
        return redirect(self.list_page)


class RemoveAddressesView(OneOrAllPage):
    """Remove one saved address or all, for good."""

    purpose = Purpose.REMOVE_ADDRESSES
    verb = gettext_lazy("Remove addresses")
    list_page = "security-addresses"
    back_text = gettext_lazy("Back to your addresses")

    def known(self) -> dict[str, str]:
        """Return the saved addresses."""
        return {each.address_id: each.label or each.address for each in core_access.addresses(self.account)}

    def doing(self) -> str:
        """Say which."""
        told = {"name": self.named, "account": self.account.short_id}
        if self.which == ALL:
            return _("You are removing all withdrawal addresses of account %(account)s.") % told
        return _("You are removing the withdrawal address %(name)s of account %(account)s.") % told

    def carry_out(self, form: forms.Form) -> HttpResponseBase:
        """Remove it."""
        core_access.remove_addresses(self.account, self.which, proof=self.proof(), now=self.now)
        messages.success(self.request, _("Removed for good."))
        return redirect(self.list_page)
