"""Calls about closing."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from closure.api import reactivations, staff_reactivations
from closure.api.account import AccountView, CaptchaView, PreflightView
from closure.api.answering import AnswerView
from closure.api.closures import ClosuresView, DocumentView, SubmitView
from closure.api.core import CoreActivityView, CoreDepositsView, CoreRestrictionsView
from closure.api.exports import (
    ExportChallengeView,
    ExportFactorView,
    ExportFileView,
    ExportsView,
    ExportVerificationView,
    ExportView,
)
from closure.api.receipts import ReceiptView, VerifyView
from closure.api.remedies import RemedyChallengeView, RemedyFactorView, RemedyVerificationView, RemedyView
from closure.api.staff import DecisionsView, FaceView, QueueView
from closure.api.status import (
    AskView,
    CancelView,
    ClosureView,
    DisputeView,
    FactorChallengeView,
    FactorView,
    OpenView,
    VerificationView,
)


class ReferenceConverter(StringConverter):
    """What can be a reference at all; everything else is not found without asking the database."""

    regex = "[A-Za-z]{2}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}"


class TokenConverter(StringConverter):
    """What can be the token of a mailed link at all."""

    regex = "[A-Za-z0-9_-]{32,86}"


register_converter(ReferenceConverter, "reference")
register_converter(TokenConverter, "link_token")

ONE, COMING = "closures/<reference:reference>/", "reactivations/<reference:reference>/"
urlpatterns = [
    path("account/", AccountView.as_view(), name="account"),
    path("captcha/", CaptchaView.as_view(), name="captcha"),
    path("preflight/", PreflightView.as_view(), name="preflight"),
    path("remedies/<slug:code>/", RemedyView.as_view(), name="remedy"),
    path("remedies/<slug:code>/verification/", RemedyVerificationView.as_view(), name="remedy-verification"),
    path("remedies/<slug:code>/verification/<uuid:factor>/", RemedyFactorView.as_view(), name="remedy-factor"),
    path(
        "remedies/<slug:code>/verification/<uuid:factor>/challenge/",
        RemedyChallengeView.as_view(),
        name="remedy-challenge",
    ),
    path("closures/", ClosuresView.as_view(), name="closures"),
    path(ONE, ClosureView.as_view(), name="closure"),
    path(f"{ONE}verification/", VerificationView.as_view(), name="closure-verification"),
    path(f"{ONE}verification/<uuid:factor>/", FactorView.as_view(), name="closure-factor"),
    path(f"{ONE}verification/<uuid:factor>/challenge/", FactorChallengeView.as_view(), name="closure-challenge"),
    path(f"{ONE}document/", DocumentView.as_view(), name="closure-document"),
    path(f"{ONE}submit/", SubmitView.as_view(), name="closure-submit"),
    path(f"{ONE}cancel/", CancelView.as_view(), name="closure-cancel"),
    path(f"{ONE}answer/", AnswerView.as_view(), name="closure-answer"),
    path(f"{ONE}dispute/", DisputeView.as_view(), name="closure-dispute"),
    path("exports/", ExportsView.as_view(), name="exports"),
    path("exports/verification/", ExportVerificationView.as_view(), name="export-verification"),
    path("exports/verification/<uuid:factor>/", ExportFactorView.as_view(), name="export-factor"),
    path("exports/verification/<uuid:factor>/challenge/", ExportChallengeView.as_view(), name="export-challenge"),
    path("exports/<uuid:export>/", ExportView.as_view(), name="export"),
    path("exports/<uuid:export>/file/", ExportFileView.as_view(), name="export-file"),
    path("status/", AskView.as_view(), name="status"),
    path("status/<link_token:token>/", OpenView.as_view(), name="status-open"),
    path("reactivations/", reactivations.AskView.as_view(), name="reactivations"),
    path("reactivations/password/", reactivations.PasswordView.as_view(), name="reactivation-password"),
    path("reactivations/verification/", reactivations.ProvingView.as_view(), name="reactivation-verification"),
    path("reactivations/verification/<uuid:factor>/", reactivations.FactorView.as_view(), name="reactivation-factor"),
    path(
        "reactivations/verification/<uuid:factor>/challenge/",
        reactivations.ChallengeView.as_view(),
        name="reactivation-challenge",
    ),
    path(COMING, reactivations.OneView.as_view(), name="reactivation"),
    path(f"{COMING}document/", reactivations.DocumentView.as_view(), name="reactivation-document"),
    path(f"{COMING}evidence/", reactivations.EvidenceView.as_view(), name="reactivation-evidence"),
    path(f"{COMING}submit/", reactivations.SubmitView.as_view(), name="reactivation-submit"),
    path(f"{COMING}withdraw/", reactivations.WithdrawView.as_view(), name="reactivation-withdraw"),
    path("reactivations/<link_token:token>/", reactivations.OpenView.as_view(), name="reactivation-open"),
    path("receipts/verify/", VerifyView.as_view(), name="receipt-verify"),
    path("receipts/<uuid:receipt>/", ReceiptView.as_view(), name="receipt"),
    path("core/deposits/", CoreDepositsView.as_view(), name="core-deposits"),
    path("core/activity/", CoreActivityView.as_view(), name="core-activity"),
    path("core/restrictions/", CoreRestrictionsView.as_view(), name="core-restrictions"),
    path("staff/closures/", QueueView.as_view(), name="staff-closures"),
    path(f"staff/{ONE}decisions/", DecisionsView.as_view(), name="staff-decisions"),
    path(f"staff/{ONE}face/", FaceView.as_view(), name="staff-face"),
    path("staff/reactivations/", staff_reactivations.ListView.as_view(), name="staff-reactivations"),
    path(f"staff/{COMING}decisions/", staff_reactivations.DecisionsView.as_view(), name="staff-reactivation-decisions"),
]
