"""Pages of closing."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from accounts.signing import Signed
from closure.enums import EvidenceKind, ExportKind
from closure.views.check import CheckView
from closure.views.confirm import ConfirmView, SubmittedView
from closure.views.contact import ContactSentView, ContactView
from closure.views.core_access import AddressesView, ApiKeysView, RemoveAddressesView, RevokeKeysView
from closure.views.disable import DisabledView, DisableView
from closure.views.export import ExportView
from closure.views.help.pages import AnswerView as HelpAnswerView
from closure.views.help.pages import HelpView
from closure.views.instead import IdleView
from closure.views.matters import MatterView
from closure.views.reactivate.photos import DocumentView as ReactivateDocumentView
from closure.views.reactivate.photos import NoteView as ReactivateNoteView
from closure.views.reactivate.review import ReviewView as ReactivateReviewView
from closure.views.reactivate.review import SentView as ReactivateSentView
from closure.views.reactivate.review import WithdrawView as ReactivateWithdrawView
from closure.views.reactivate.start import AskedView as ReactivateAskedView
from closure.views.reactivate.start import AskView as ReactivateView
from closure.views.reactivate.start import LeaveView as ReactivateLeaveView
from closure.views.reactivate.start import LinkView as ReactivateLinkView
from closure.views.reactivate.start import ProveView as ReactivateProveView
from closure.views.receipt import ReceiptFileView, ReceiptView
from closure.views.receipt import VerifyView as VerifyReceiptView
from closure.views.records import RecordFileView, RecordsView, RecordView
from closure.views.recovering import (
    OpenView,
    OwnRecoveryView,
    ProveView,
    RecoverLinkView,
    RecoverSentView,
    RecoverView,
    WithdrawView,
)
from closure.views.recovery_steps import LostView, NewContactView, PhotosView, PhotoView
from closure.views.remedy import RemedyResultView, RemedyView, TakeBackView
from closure.views.restricted import RestrictedView
from closure.views.signing_keys import KeysView, KeyView
from closure.views.start import CloseView, RisksView
from closure.views.status import StatusLeaveView, StatusLinkView, StatusOpenView, StatusSentView, StatusView
from closure.views.status_deposit import DepositView
from closure.views.status_reading import BalancesView, HistoryView
from closure.views.status_records import StatusRecordFileView, StatusRecordsView, StatusRecordView
from closure.views.stopping import AnswerView, CancelView, DisputeView, StopDoneView, StopView
from closure.views.verify import DocumentView, VerifyView
from closure.views.welcome import WalletsView, WelcomeBackView
from closure.views.whitelist import WhitelistOffView, WhitelistOnView


class TokenConverter(StringConverter):
    """What can be the token of a mailed link at all."""

    regex = "[A-Za-z0-9_-]{32,86}"


class RecordConverter(StringConverter):
    """A kind of file to take along."""

    regex = "|".join(ExportKind)


class PhotoConverter(StringConverter):
    """What a photo shows."""

    regex = "|".join(EvidenceKind)


register_converter(TokenConverter, "token")
register_converter(PhotoConverter, "photo")
register_converter(RecordConverter, "record")

urlpatterns = [
    path("close/", CloseView.as_view(), name="close"),
    path("close/idle/", IdleView.as_view(), name="close-idle"),
    path("close/risks/", RisksView.as_view(), name="close-risks"),
    path("close/check/", CheckView.as_view(), name="close-check"),
    path("close/check/done/<uuid:run>/", RemedyResultView.as_view(), name="close-remedy-result"),
    path("close/check/keep/<uuid:residual>/", TakeBackView.as_view(), name="close-take-back"),
    path("close/check/<slug:code>/", RemedyView.as_view(), name="close-remedy"),
    path("close/export/", ExportView.as_view(), name="close-export"),
    path("close/verify/", VerifyView.as_view(), name="close-verify"),
    path("close/document/", DocumentView.as_view(), name="close-document"),
    path("close/confirm/", ConfirmView.as_view(), name="close-confirm"),
    path("close/submitted/", SubmittedView.as_view(), name="close-submitted"),
    path("disable/", DisableView.as_view(), name="disable"),
    path("disable/done/", DisabledView.as_view(), name="disabled"),
    path("reactivate/", ReactivateView.as_view(), name="reactivate"),
    path("reactivate/asked/", ReactivateAskedView.as_view(), name="reactivate-asked"),
    path("reactivate/prove/", ReactivateProveView.as_view(), name="reactivate-prove"),
    path("reactivate/note/", ReactivateNoteView.as_view(), name="reactivate-note"),
    path("reactivate/document/", ReactivateDocumentView.as_view(), name="reactivate-document"),
    path("reactivate/review/", ReactivateReviewView.as_view(), name="reactivate-review"),
    path("reactivate/sent/", ReactivateSentView.as_view(), name="reactivate-sent"),
    path("reactivate/withdraw/", ReactivateWithdrawView.as_view(), name="reactivate-withdraw"),
    path("reactivate/leave/", ReactivateLeaveView.as_view(), name="reactivate-leave"),
    path("reactivate/<token:token>/", ReactivateLinkView.as_view(), name="reactivate-link"),
    path("welcome-back/", WelcomeBackView.as_view(), name="welcome-back"),
    path("welcome-back/wallets/", WalletsView.as_view(), name="welcome-back-wallets"),
    path("restricted/", RestrictedView.as_view(), name="restricted"),
    path("restricted/<slug:matter>/", MatterView.as_view(), name="restricted-matter"),
    path("status/", StatusView.as_view(), name="status"),
    path("status/sent/", StatusSentView.as_view(), name="status-sent"),
    path("status/open/", StatusOpenView.as_view(), name="status-open"),
    path("status/deposit/", DepositView.as_view(), name="status-deposit"),
    path("status/balances/", BalancesView.as_view(), name="status-balances"),
    path("status/history/", HistoryView.as_view(), name="status-history"),
    path("status/records/", StatusRecordsView.as_view(), name="status-records"),
    path("status/records/<record:kind>/", StatusRecordView.as_view(), name="status-record"),
    path("status/records/<record:kind>/file/", StatusRecordFileView.as_view(), name="status-record-file"),
    path("status/cancel/", CancelView.as_view(), name="status-cancel"),
    path("status/answer/", AnswerView.as_view(), name="status-answer"),
    path("status/dispute/", DisputeView.as_view(), name="status-dispute"),
    path("status/leave/", StatusLeaveView.as_view(), name="status-leave"),
    path("status/<token:token>/", StatusLinkView.as_view(), name="status-link"),
    path("help/", HelpView.as_view(), name="help"),
    path("help/contact/", ContactView.as_view(), name="help-contact"),
    path("help/contact/sent/", ContactSentView.as_view(), name="help-contact-sent"),
    path("help/<slug:slug>/", HelpAnswerView.as_view(), name="help-answer"),
    path("receipt/verify/", VerifyReceiptView.as_view(), name="receipt-verify"),
    path("receipt/<uuid:receipt>/", ReceiptView.as_view(), name="receipt"),
    path("receipt/<uuid:receipt>/file/", ReceiptFileView.as_view(), name="receipt-file"),
    path(".well-known/receipt-keys.json", KeysView.as_view(), name="receipt-keys"),
    path(".well-known/receipt-keys/<slug:key>.pem", KeyView.as_view(), name="receipt-key"),
    path(".well-known/bundle-keys.json", KeysView.as_view(kind=Signed.BUNDLE), name="bundle-keys"),
    path(".well-known/bundle-keys/<slug:key>.pem", KeyView.as_view(kind=Signed.BUNDLE), name="bundle-key"),
    path("security/records/", RecordsView.as_view(), name="security-records"),
    path("security/records/<record:kind>/", RecordView.as_view(), name="security-record"),
    path("security/records/<record:kind>/file/", RecordFileView.as_view(), name="security-record-file"),
    path("security/api-keys/", ApiKeysView.as_view(), name="security-api-keys"),
    path("security/api-keys/revoke/", RevokeKeysView.as_view(), name="security-api-keys-revoke"),
    path("security/api-keys/<path:which>/revoke/", RevokeKeysView.as_view(), name="security-api-key-revoke"),
    path("security/addresses/", AddressesView.as_view(), name="security-addresses"),
    path("security/addresses/remove/", RemoveAddressesView.as_view(), name="security-addresses-remove"),
    path("security/addresses/whitelist/on/", WhitelistOnView.as_view(), name="security-whitelist-on"),
    path("security/addresses/whitelist/off/", WhitelistOffView.as_view(), name="security-whitelist-off"),
    path("security/addresses/<path:which>/remove/", RemoveAddressesView.as_view(), name="security-address-remove"),
    path("recover/", RecoverView.as_view(), name="recover"),
    path("recover/sent/", RecoverSentView.as_view(), name="recover-sent"),
    path("recover/open/", OpenView.as_view(), name="recover-open"),
    path("recover/prove/", ProveView.as_view(), name="recover-prove"),
    path("recover/lost/", LostView.as_view(), name="recover-lost"),
    path("recover/contact/", NewContactView.as_view(), name="recover-contact"),
    path("recover/photos/", PhotosView.as_view(), name="recover-photos"),
    path("recover/photos/<photo:kind>/", PhotoView.as_view(), name="recover-photo"),
    path("recover/end/", WithdrawView.as_view(), name="recover-withdraw"),
    path("recover/<token:token>/", RecoverLinkView.as_view(), name="recover-link"),
    path("security/recovery/", OwnRecoveryView.as_view(), name="security-recovery"),
    path("stop/done/", StopDoneView.as_view(), name="stop-done"),
    path("stop/<token:token>/", StopView.as_view(), name="stop"),
]
