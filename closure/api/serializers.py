"""Shapes of the closing calls: what a body must look like, and what an answer looks like. No rules."""

from rest_framework import serializers

from accounts.api.serializers import FactorStateAnswer, Shape
from accounts.enums import AccountStatus, IdentityStatus
from accounts.forms import MAX_PASSWORD
from closure.captcha import LONGEST as MAX_ANSWER
from closure.enums import Area, ClosureState, FaceOutcome, Step, StepState, Verdict
from closure.forms.journey import MAX_NUMBER

MAX_CODES = 500
MAX_CODE_LENGTH = 100
MAX_REASON = 4000


class OpenBody(Shape):
    """Codes of the notes and warnings that were read."""

    acknowledged = serializers.ListField(
        child=serializers.CharField(max_length=MAX_CODE_LENGTH), max_length=MAX_CODES, default=list
    )
    captcha = serializers.CharField(
        max_length=MAX_ANSWER,
        allow_blank=True,
        default="",
        help_text="Where policy asks for one: the solved challenge of GET captcha/, base64 of challenge and solution",
    )


class CaptchaAnswer(Shape):
    """An altcha challenge for the caller's account; good once, for 20 minutes."""

    parameters = serializers.DictField()
    signature = serializers.CharField()


class DocumentBody(Shape):
    """The number of the document given at identity verification."""

    number = serializers.CharField(max_length=MAX_NUMBER, allow_blank=True, default="")


class SubmitBody(Shape):
    """The password, where policy asks for it."""

    password = serializers.CharField(
        max_length=MAX_PASSWORD, trim_whitespace=False, allow_null=True, allow_blank=True, default=None
    )
    face_consent = serializers.BooleanField(
        allow_null=True,
        default=None,
        help_text="Where a face check is due: true lets staff compare it, anything else is the route by documents",
    )


class SeenBody(Shape):
    """The version of the request on which a decision rests."""

    seen_version = serializers.IntegerField(min_value=0, max_value=2**31 - 1)


class DecisionBody(SeenBody):
    """A decision by staff."""

    decision = serializers.ChoiceField(choices=["approve", "reject", "cancel", "ask"])
    reason = serializers.CharField(max_length=MAX_REASON, allow_blank=True, default="")
    case = serializers.CharField(max_length=16, allow_null=True, allow_blank=True, default=None)
    template = serializers.CharField(max_length=64, allow_null=True, allow_blank=True, default=None)
    seen_check = serializers.UUIDField(
        allow_null=True, default=None, help_text="The account check that was looked at, as the list names it"
    )


class FaceBody(SeenBody):
    """What staff found where a face check is due."""

    outcome = serializers.ChoiceField(choices=FaceOutcome.choices)
    reason = serializers.CharField(max_length=MAX_REASON, allow_blank=True, default="")


# Staff see what was submitted; a draft is the customer's own business.
SUBMITTED_STATES = [choice for choice in ClosureState.choices if choice[0] not in {"draft", "expired"}]


class QueueQuery(Shape):
    """Filters of the staff's list; an empty one is none."""

    state = serializers.ChoiceField(choices=SUBMITTED_STATES, required=False, allow_blank=True)
    due = serializers.ChoiceField(choices=["overdue", "today", "week"], required=False, allow_blank=True)
    q = serializers.CharField(max_length=320, required=False, allow_blank=True, help_text="Reference, e-mail or phone")


class CodedTextAnswer(Shape):
    """A code for programs and its words for people."""

    code = serializers.CharField()
    text = serializers.CharField()


class AccountAnswer(Shape):
    """The signed-in account."""

    email = serializers.CharField(allow_null=True)
    phone = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    status = serializers.ChoiceField(choices=AccountStatus.choices)
    identity_level = serializers.IntegerField()
    identity_status = serializers.ChoiceField(choices=IdentityStatus.choices)
    withdrawals_held_until = serializers.DateTimeField(
        allow_null=True, help_text="After a reset of the password, a recovery or a release; null when none is held"
    )
    restrictions = CodedTextAnswer(many=True)
    due = CodedTextAnswer(many=True, help_text="What there is to do")


class AreaAnswer(Shape):
    """The verdict of one area."""

    area = serializers.ChoiceField(choices=Area.choices)
    verdict = serializers.ChoiceField(choices=Verdict.choices)


class FoundAnswer(Shape):
    """One holding, order or key; amounts as the exchange core gave them."""

    asset = serializers.CharField()
    amount = serializers.CharField()
    value_usdt = serializers.CharField(allow_null=True)
    until = serializers.DateTimeField(required=False)


class RemedyAnswer(Shape):
    """A remedy by its code."""

    code = serializers.CharField()


class FindingAnswer(Shape):
    """One thing that blocks, warns or could not be checked."""

    code = serializers.CharField()
    area = serializers.ChoiceField(choices=Area.choices)
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    found = FoundAnswer(many=True)
    why = serializers.CharField()
    how = serializers.CharField()
    remedy = RemedyAnswer(allow_null=True)
    clears_at = serializers.DateTimeField(allow_null=True)
    condition = serializers.CharField()


class CheckAnswer(Shape):
    """A whole account check."""

    verdict = serializers.ChoiceField(choices=Verdict.choices)
    checked_at = serializers.DateTimeField()
    earliest = serializers.DateTimeField(allow_null=True)
    earliest_condition = serializers.CharField()
    areas = AreaAnswer(many=True)
    blockers = FindingAnswer(many=True)
    warnings = FindingAnswer(many=True)
    notes = CodedTextAnswer(many=True)


class StepAnswer(Shape):
    """One step of the journey."""

    name = serializers.ChoiceField(choices=Step.choices)
    state = serializers.ChoiceField(choices=StepState.choices)


class TimelineAnswer(Shape):
    """One thing that happened to a request."""

    at = serializers.DateTimeField()
    code = serializers.CharField()
    text = serializers.CharField()
    state = serializers.ChoiceField(choices=ClosureState.choices)


class PolicyAnswer(Shape):
    """The policy pinned on a request."""

    name = serializers.CharField()
    version = serializers.CharField()


class FaceAnswer(Shape):
    """Whether staff compare a face, or documents without consent, and what came of it; empty: not yet."""

    due = serializers.BooleanField()
    consent = serializers.BooleanField(allow_null=True)
    outcome = serializers.ChoiceField(choices=FaceOutcome.choices, allow_blank=True)


class ClosureAnswer(Shape):
    """A closure request as its owner sees it; `steps` are there while it is a draft."""

    reference = serializers.CharField()
    state = serializers.ChoiceField(choices=ClosureState.choices)
    created_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    finalizes_after = serializers.DateTimeField(allow_null=True)
    finalizes_before = serializers.DateTimeField(allow_null=True)
    steps = StepAnswer(many=True)
    timeline = TimelineAnswer(many=True)
    face = FaceAnswer()
    policy = PolicyAnswer()


class ClosurePage(Shape):
    """A page of closure requests, newest first."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ClosureAnswer(many=True)


class OpenedAnswer(Shape):
    """A draft, opened or gone on with."""

    reference = serializers.CharField()
    state = serializers.ChoiceField(choices=ClosureState.choices)
    steps = StepAnswer(many=True)


class VerificationAnswer(Shape):
    """The factors of a verification, and how many of them are needed."""

    expires_at = serializers.DateTimeField()
    needed = serializers.IntegerField()
    factors = FactorStateAnswer(many=True)


class DocumentAnswer(Shape):
    """Whether a number was asked for at all; one that is not asked is ignored."""

    asked = serializers.BooleanField()


class SubmittedAnswer(Shape):
    """A submitted request: the account is frozen and every session has ended."""

    state = serializers.ChoiceField(choices=ClosureState.choices)
    reference = serializers.CharField()
    finalizes_after = serializers.DateTimeField()
    finalizes_before = serializers.DateTimeField()
    status_url = serializers.URLField()


class QueueEntryAnswer(Shape):
    """A closure request as staff see it in a list."""

    reference = serializers.CharField()
    state = serializers.ChoiceField(choices=ClosureState.choices)
    version = serializers.IntegerField()
    due = serializers.DateTimeField(allow_null=True)
    account = serializers.CharField(help_text="The end of its key: enough to tell apart, too little to look up")
    flags = serializers.ListField(child=serializers.CharField())
    face = FaceAnswer()
    claimed_by = serializers.CharField(allow_null=True, help_text="Who of staff is at work on it: nobody else decides")
    claimed_until = serializers.DateTimeField(allow_null=True)
    assigned_to = serializers.CharField(allow_null=True, help_text="Whose work it is; others may decide")
    seen_check = serializers.UUIDField(allow_null=True, help_text="The newest account check, for a decision to name")


class QueuePage(Shape):
    """A page of the staff's list."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = QueueEntryAnswer(many=True)


class DecisionAnswer(Shape):
    """Where the request stands after the decision."""

    reference = serializers.CharField()
    state = serializers.ChoiceField(choices=ClosureState.choices)
    version = serializers.IntegerField()
    proposed = serializers.BooleanField(help_text="A second person has to decide")
