"""The account itself: contact, status and what identity verification left, all that operations need to know."""

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.crypto import salted_hmac

from accounts.enums import AccountStatus, DocumentType, IdentityStatus
from accounts.ids import uuid7
from accounts.models.base import set_shard


class AccountManager(BaseUserManager["Account"]):
    """Accounts are made by accounts.creation and looked up through their fingerprints, never by plain e-mail."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        """Refuse: identifiers are found through accounts.identifiers only."""
        raise Account.DoesNotExist


class Account(AbstractBaseUser, PermissionsMixin):
    """A customer or a member of staff; staff own no holdings."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shard = models.PositiveSmallIntegerField(editable=False)
    last_login = None  # it would read the wall clock; SignIn rows tell instead

    email = models.CharField(max_length=320, null=True, blank=True)
    phone = models.CharField(max_length=32, null=True, blank=True)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=12, default="en")
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=16, blank=True)
    vip = models.PositiveSmallIntegerField(default=0)
    anti_phishing_code = models.CharField(max_length=32, blank=True)

    status = models.CharField(max_length=16, choices=AccountStatus, default=AccountStatus.ACTIVE)
    status_changed_at = models.DateTimeField()
    withdrawals_held_until = models.DateTimeField(null=True, blank=True)
    session_epoch = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    last_active_at = models.DateTimeField()
    last_here_at = models.DateTimeField(
        null=True, blank=True, help_text="When its owner was last here, where activity was seen elsewhere since"
    )
    password_chosen_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When the password in use was chosen here; none: with the account, or it is dead",
    )

    identity_level = models.PositiveSmallIntegerField(default=0)
    identity_status = models.CharField(max_length=16, choices=IdentityStatus, default=IdentityStatus.NONE)
    document_type = models.CharField(max_length=32, choices=DocumentType, blank=True)
    document_country = models.CharField(max_length=2, blank=True)
    document_expires = models.DateField(null=True, blank=True)

    is_staff = models.BooleanField(default=False)
    journal_head = models.BinaryField(max_length=32, default=b"")

    USERNAME_FIELD = "id"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        # Of activity alone: with the status in it, each step towards dormancy would write the index too (speed.md, 5).
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["last_active_at", "id"], name="account_by_activity")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(status__in=AccountStatus.values), name="account_status_known"),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_shard(self, of="id")

    def __str__(self) -> str:
        return self.short_id

    @property
    def short_id(self) -> str:
        """The last characters of the key, as people see it: "account ...a1b2c3"."""
        return f"…{self.pk.hex[-6:]}"

    @property
    def account_id(self) -> UUID:
        """The key under the name every other table uses."""
        return self.id

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Whether sign-in is open: not disabled, frozen or closed (invariant 3)."""
        return self.status in OPEN_FOR_SIGN_IN

    def get_session_auth_hash(self) -> str:
        """Return the hash every session of this account must carry; a new epoch or password ends them all."""
        return self._get_session_auth_hash()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Overridden here and not in get_session_auth_hash: fallback keys call this one directly.
        return salted_hmac(
            "accounts.session", f"{self.password}|{self.session_epoch}", secret=secret, algorithm="sha256"
        ).hexdigest()


OPEN_FOR_SIGN_IN = frozenset({AccountStatus.ACTIVE, AccountStatus.INACTIVE, AccountStatus.DORMANT})
