"""What a disabled account left at the exchange, on the page of the case that it opened (E06)."""

from django.utils.translation import gettext as _

from accounts.admin.base import Facts
from accounts.models import Case
from accounts.templatetags.portal_ui import when
from closure.enums import Area, Verdict
from closure.models import Disabling


def facts(case: Case) -> Facts:
    """Return when it was looked at since it was frozen, and which areas nobody looks after; nothing of other cases."""
    found = Disabling.objects.filter(case=case).first()
    if found is None:
        return []
    told = [(_("Looked at since disabled"), when(found.looked_at))]
    for area in Area:
        if area in found.left:
            is_unread = found.left[area] == Verdict.UNKNOWN
            said = _("could not be read: look at the exchange") if is_unread else _("something stands there")
            told.append((str(area.label), said))
    return told
