"""Shapes of the calls about reactivating: what a body must look like, and what an answer looks like. No rules."""

from rest_framework import serializers

from accounts.api.serializers import FactorStateAnswer, Shape
from accounts.enums import DocumentType
from accounts.forms import MAX_PASSWORD
from closure.api.serializers import MAX_REASON, SeenBody
from closure.enums import EvidenceKind, ReactivationState
from closure.evidence.enums import Outcome, PhotoCheck
from closure.reactivation import flags
from closure.reactivation.documents import ACCEPTED
from closure.reactivation.links import MAX_CONTACT
from closure.reactivation.rules import Rule

ACCEPTED_TYPES = [(each.type.value, str(each.type.label)) for each in ACCEPTED]
PHOTO_CHECKS = [(each.value, each.value) for each in PhotoCheck]
PHOTO_OUTCOMES = [(each.value, each.value) for each in Outcome]
FLAGS = [flags.DUPLICATE, flags.NO_NAME, flags.HELD, flags.RESTRICTED]
SENT_STATES = [choice for choice in ReactivationState.choices if choice[0] != "draft"]
MISSING = [*(kind.value for kind in EvidenceKind), "document"]


class ContactBody(Shape):
    """The e-mail address or phone of the disabled account."""

    contact = serializers.CharField(max_length=MAX_CONTACT)


class PasswordBody(Shape):
    """The password of the account."""

    password = serializers.CharField(max_length=MAX_PASSWORD, trim_whitespace=False)


class ChosenDocumentBody(Shape):
    """Which document is photographed."""

    type = serializers.ChoiceField(choices=ACCEPTED_TYPES)


class PhotoBody(Shape):
    """One photo; a form, not JSON."""

    kind = serializers.ChoiceField(choices=EvidenceKind.choices)
    photo = serializers.FileField(help_text="JPEG, PNG, WebP or HEIC, at most 15 MB", allow_empty_file=True)
    despite = serializers.BooleanField(default=False, help_text="Send it although checks refuse it: staff judge it")


class VisitAnswer(Shape):
    """A link was used up: what may be given now, the password or one of these factors, before anything is shown."""

    csrf = serializers.CharField()
    factors = FactorStateAnswer(many=True)


class ProvingAnswer(Shape):
    """The verification by a factor that the link did not carry."""

    expires_at = serializers.DateTimeField()
    needed = serializers.IntegerField()
    factors = FactorStateAnswer(many=True)


class AcceptedAnswer(Shape):
    """A document that is accepted, the photos it takes, and its rule."""

    type = serializers.ChoiceField(choices=ACCEPTED_TYPES)
    sides = serializers.ListField(child=serializers.ChoiceField(choices=EvidenceKind.choices))
    rule = serializers.CharField()


class PhotoCheckAnswer(Shape):
    """One check of a photo, and where it breaks a rule, what to do."""

    check = serializers.ChoiceField(choices=PHOTO_CHECKS)
    outcome = serializers.ChoiceField(choices=PHOTO_OUTCOMES)
    text = serializers.CharField(allow_blank=True)


class PhotoAnswer(Shape):
    """A photo that was sent; nobody gets it back by a call."""

    kind = serializers.ChoiceField(choices=EvidenceKind.choices)
    taken_at = serializers.DateTimeField()
    checks = PhotoCheckAnswer(many=True)


class BrokenAnswer(Shape):
    """A rule that staff named, and what to do."""

    rule = serializers.ChoiceField(choices=Rule.choices)
    text = serializers.CharField()


class ReactivationAnswer(Shape):
    """A reactivation as its owner sees it."""

    reference = serializers.CharField()
    case = serializers.CharField()
    state = serializers.ChoiceField(choices=ReactivationState.choices)
    note = serializers.CharField(help_text="What the note has to say, word for word")
    document = serializers.ChoiceField(choices=DocumentType.choices, allow_blank=True)
    documents = AcceptedAnswer(many=True, help_text="Those that are accepted")
    photos = PhotoAnswer(many=True, help_text="The newest of each kind that counts")
    missing = serializers.ListField(child=serializers.ChoiceField(choices=MISSING))
    asked = serializers.CharField(allow_blank=True, help_text="What staff wrote when they asked for better photos")
    broken = BrokenAnswer(many=True)
    submitted_at = serializers.DateTimeField(allow_null=True)


class StaffQuery(Shape):
    """Filters of the staff's list; an empty one is none."""

    state = serializers.ChoiceField(choices=SENT_STATES, required=False, allow_blank=True)
    due = serializers.ChoiceField(
        choices=["overdue", "today", "week"],
        required=False,
        allow_blank=True,
        help_text="Of what waits for staff: overdue, or due within a day or a week",
    )
    q = serializers.CharField(max_length=320, required=False, allow_blank=True, help_text="Reference, e-mail or phone")


class StaffEntryAnswer(Shape):
    """A reactivation as staff see it in a list."""

    reference = serializers.CharField()
    case = serializers.CharField()
    state = serializers.ChoiceField(choices=ReactivationState.choices)
    version = serializers.IntegerField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    due = serializers.DateTimeField(
        allow_null=True, help_text="When its owner may expect an answer; null where it does not wait for staff"
    )
    account = serializers.CharField(help_text="The end of its key: enough to tell apart, too little to look up")
    flags = serializers.ListField(
        child=serializers.ChoiceField(choices=FLAGS), help_text="Why it needs a closer look, as things stand now"
    )
    document = serializers.ChoiceField(choices=DocumentType.choices, allow_blank=True)
    proposed = serializers.BooleanField(help_text="A second person has to decide")
    claimed_by = serializers.CharField(allow_null=True, help_text="Who of staff is at work on it: nobody else decides")
    claimed_until = serializers.DateTimeField(allow_null=True)


class StaffPage(Shape):
    """A page of the staff's list."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = StaffEntryAnswer(many=True)


class ReactivationDecisionBody(SeenBody):
    """A decision by staff; "approve" proposes until somebody has; "reject" is another word for "refuse"."""

    decision = serializers.ChoiceField(choices=["approve", "refuse", "reject", "ask"])
    reason = serializers.CharField(
        max_length=MAX_REASON, allow_blank=True, default="", help_text="Of ask it is what the customer reads"
    )
    broken = serializers.ListField(
        child=serializers.ChoiceField(choices=Rule.choices), max_length=len(Rule), default=list
    )
    case = serializers.CharField(
        max_length=16,
        allow_null=True,
        allow_blank=True,
        default=None,
        help_text="Where it is given, the case of this reactivation and no other",
    )
    template = serializers.ChoiceField(
        choices=Rule.choices,
        allow_null=True,
        allow_blank=True,
        default=None,
        help_text="The words that the customer reads: a rule, as one of `broken`",
    )
