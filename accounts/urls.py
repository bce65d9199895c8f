"""Pages of the account itself."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from accounts.converters import register_case
from accounts.views.activity import (
    AntiPhishingView,
    DevicesView,
    DisownView,
    LockedView,
    SignInsFileView,
    SignInsView,
)
from accounts.views.adding import BackupView, ContactCodesView, PasskeyView, TotpQrView, TotpView
from accounts.views.cases import CasesView, CaseView, StatusCaseView
from accounts.views.contact import AllowContactView, ConfirmContactView, ContactView, NewContactView
from accounts.views.enrollment import EnrollQrView, EnrollView
from accounts.views.keeping import FactorsView, RemoveView, RenameView, TestView
from accounts.views.passkeys import OptionsView
from accounts.views.password_change import PasswordView
from accounts.views.password_reset import (
    ResetDoneView,
    ResetLinkView,
    ResetOptionsView,
    ResetSentView,
    ResetView,
)
from accounts.views.public import HomeView, LanguageView
from accounts.views.regions import RegionsView
from accounts.views.registration import RegisterLinkView, RegisterSentView, RegisterView
from accounts.views.security import SecurityView
from accounts.views.sign_in import CodeView, SignInView, SignOutView
from accounts.views.well_known import JournalCheckpointView, JournalKeyView, RobotsView, SecurityTextView


class CodeKindConverter(StringConverter):
    """Contacts that get codes, as factors are called."""

    regex = "email|sms"


class ContactConverter(StringConverter):
    """Contacts, as people call them."""

    regex = "email|phone"


register_case()
register_converter(CodeKindConverter, "code_kind")
register_converter(ContactConverter, "contact")

urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("language/", LanguageView.as_view(), name="set-language"),
    path("sign-in/", SignInView.as_view(), name="sign-in"),
    path("sign-in/code/", CodeView.as_view(), name="sign-in-code"),
    path("sign-out/", SignOutView.as_view(), name="sign-out"),
    path("register/", RegisterView.as_view(), name="register"),
    path("register/sent/", RegisterSentView.as_view(), name="register-sent"),
    path("register/<str:token>/", RegisterLinkView.as_view(), name="register-link"),
    path("password-reset/", ResetView.as_view(), name="password-reset"),
    path("password-reset/sent/", ResetSentView.as_view(), name="password-reset-sent"),
    path("password-reset/done/", ResetDoneView.as_view(), name="password-reset-done"),
    path("password-reset/<str:token>/", ResetLinkView.as_view(), name="password-reset-link"),
    path("password-reset/<str:token>/passkey/", ResetOptionsView.as_view(), name="password-reset-passkey"),
    path("security/password/", PasswordView.as_view(), name="security-password"),
    path("security/", SecurityView.as_view(), name="security"),
    path("security/factors/", FactorsView.as_view(), name="security-factors"),
    path("security/factors/passkey/", PasskeyView.as_view(), name="security-passkey"),
    path("security/factors/backup/", BackupView.as_view(), name="security-backup"),
    path("security/factors/codes/<code_kind:kind>/", ContactCodesView.as_view(), name="security-contact-codes"),
    path("security/factors/<uuid:factor>/rename/", RenameView.as_view(), name="security-factor-rename"),
    path("security/factors/<uuid:factor>/remove/", RemoveView.as_view(), name="security-factor-remove"),
    path("security/factors/<uuid:factor>/test/", TestView.as_view(), name="security-factor-test"),
    path("security/contact/", ContactView.as_view(), name="security-contact"),
    path("security/contact/<contact:contact>/", NewContactView.as_view(), name="security-contact-change"),
    path("security/contact/<contact:contact>/allow/", AllowContactView.as_view(), name="security-contact-allow"),
    path("security/contact/<contact:contact>/confirm/", ConfirmContactView.as_view(), name="security-contact-confirm"),
    path("security/devices/", DevicesView.as_view(), name="security-devices"),
    path("security/sign-ins/", SignInsView.as_view(), name="security-sign-ins"),
    path("security/sign-ins/file.csv", SignInsFileView.as_view(), name="security-sign-ins-file"),
    path("security/sign-ins/<uuid:sign_in>/not-me/", DisownView.as_view(), name="security-disown"),
    path("security/anti-phishing/", AntiPhishingView.as_view(), name="security-anti-phishing"),
    path("security/locked/", LockedView.as_view(), name="security-locked"),
    path("passkeys/options/", OptionsView.as_view(), name="passkey-options"),
    path("security/factors/totp/", TotpView.as_view(), name="security-totp"),
    path("security/factors/totp/qr.svg", TotpQrView.as_view(), name="security-totp-qr"),
    path("help/regions/", RegionsView.as_view(), name="help-regions"),
    path("help/cases/", CasesView.as_view(), name="help-cases"),
    path("help/cases/<case:reference>/", CaseView.as_view(), name="help-case"),
    path("status/case/", StatusCaseView.as_view(), name="status-case"),
    path(".well-known/security.txt", SecurityTextView.as_view(), name="security-text"),
    path(".well-known/journal-checkpoint", JournalCheckpointView.as_view(), name="journal-checkpoint"),
    path(".well-known/journal-key", JournalKeyView.as_view(), name="journal-key"),
    path("robots.txt", RobotsView.as_view(), name="robots"),
    path("enroll/<str:token>/", EnrollView.as_view(), name="enroll"),
    path("enroll/<str:token>/qr.svg", EnrollQrView.as_view(), name="enroll-qr"),
]
