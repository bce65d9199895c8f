"""What the calls about closing share: who calls, and whose request it is."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.actors import Actor
from accounts.api.base import ApiView
from accounts.models import Account
from closure import queries
from closure.enums import RequestChannel
from closure.models import ClosureRequest
from closure.powers import VIEW_REQUESTS

# A session with a CSRF token is the website, whoever holds it; the tokens of the app get a channel of their own.
CHANNEL = RequestChannel.WEB


class CustomerView(ApiView):
    """A call by the owner, about the owner's own things."""

    @property
    def actor(self) -> Actor:
        """The owner; for staff an actor that the operations refuse (A18, L02)."""
        return Actor.customer(self.account)

    def own(self, reference: str) -> ClosureRequest:
        """Return the caller's request; somebody else's is as unknown as none (invariant 23)."""
        return queries.by_reference(reference, self.account)


class IsStaff(BasePermission):
    """Staff with a role; the operations ask which."""

    code = "not_allowed"
    message = _("This call is for staff.")

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the caller has a staff role."""
        return isinstance(request.user, Account) and Actor.staff(request.user).may(VIEW_REQUESTS)


class StaffView(ApiView):
    """A call by staff, with a second factor like every other."""

    permission_classes = (*ApiView.permission_classes, IsStaff)

    @property
    def actor(self) -> Actor:
        """The member of staff with the roles of now."""
        return Actor.staff(self.account)
