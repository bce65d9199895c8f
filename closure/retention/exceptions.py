"""Why an archive does not open."""

from django.utils.translation import gettext as _

from accounts.exceptions import PortalError


class Expired(PortalError):
    """The time to keep a record is over and nothing holds it: it is never opened again (invariant 11)."""

    code = "archive_expired"

    def __init__(self) -> None:
        super().__init__(_("The time to keep this record is over. It is not opened any more."))


class KeyGone(PortalError):
    """There is no key: the month's was destroyed, or the folder of keys is not the one of this database."""

    code = "archive_key_gone"

    def __init__(self, month: str) -> None:
        super().__init__(_("The archive key of %(month)s is gone.") % {"month": month})
        self.month = month


class Unreadable(PortalError):
    """The bytes were changed, belong to another row, or are wrapped by a key that is not on the ring."""

    code = "archive_unreadable"

    def __init__(self, what: str) -> None:
        super().__init__(_("This part of the archive cannot be read: %(what)s.") % {"what": what})
