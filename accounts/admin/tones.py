"""Which colour and shape a state has in the staff console; the word is always there too."""

from django.utils.safestring import SafeString

from accounts.enums import AccountStatus, CaseState
from accounts.models import Account, Case
from accounts.templatetags.portal_ui import tag

_STATUS = {
    AccountStatus.ACTIVE: "ok",
    AccountStatus.FROZEN: "info",
    AccountStatus.DISABLED: "warn",
    AccountStatus.CLOSED: "plain",
}
_CASE = {CaseState.OPEN: "warn", CaseState.WAITING_CUSTOMER: "info", CaseState.RESOLVED: "plain"}


def status_tag(account: Account) -> SafeString:
    """Return the status of an account as a tag."""
    return tag(_STATUS.get(AccountStatus(account.status), "plain"), str(account.get_status_display()))


def case_tag(case: Case) -> SafeString:
    """Return the state of a case as a tag."""
    return tag(_CASE[CaseState(case.state)], str(case.get_state_display()))
