"""Shapes of the session calls: what a body must look like, and what an answer looks like. No rules."""

from typing import Any

from rest_framework import serializers

from accounts.enums import FactorKind
from accounts.forms import MAX_CODE, MAX_IDENTIFIER, MAX_PASSWORD


class Shape(serializers.Serializer[Any]):
    """Base of shapes that are never saved."""


class SignInBody(Shape):
    """E-mail or phone, and the password."""

    identifier = serializers.CharField(max_length=MAX_IDENTIFIER)
    password = serializers.CharField(max_length=MAX_PASSWORD, trim_whitespace=False, style={"input_type": "password"})


class FactorBody(Shape):
    """One factor by its id."""

    factor = serializers.UUIDField()


class CodeBody(Shape):
    """A code; digits may be grouped by spaces."""

    code = serializers.CharField(max_length=MAX_CODE)


class FactorCodeBody(FactorBody, CodeBody):
    """A factor and its code."""


class FactorAnswer(Shape):
    """A factor that may be used."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=FactorKind.choices)
    hint = serializers.CharField()


class FactorStateAnswer(FactorAnswer):
    """A factor of a verification, and whether its code was sent or given."""

    state = serializers.ChoiceField(choices=["open", "sent", "passed"])


class SessionAccountAnswer(Shape):
    """Who is signed in."""

    email = serializers.CharField(allow_null=True)
    phone = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    is_staff = serializers.BooleanField()


class SessionAnswer(Shape):
    """The session of this cookie."""

    signed_in = serializers.BooleanField()
    csrf = serializers.CharField(help_text="Value of the header X-CSRFToken; signing in gives a new one.")
    account = SessionAccountAnswer(allow_null=True)


class NextAnswer(Shape):
    """The password was right; one code is missing."""

    next = serializers.ChoiceField(choices=["code"])
    factors = FactorAnswer(many=True)


class SentAnswer(Shape):
    """The message is on its way, where the factor needs one."""

    sent = serializers.BooleanField()


class SignedInAnswer(Shape):
    """Signed in, or, after dormancy, which factors are still missing."""

    signed_in = serializers.BooleanField()
    csrf = serializers.CharField()
    factors = FactorStateAnswer(many=True)
