"""Who acts. Every operation is told; permissions and the journal use the same object."""

from dataclasses import dataclass
from uuid import UUID

from accounts.enums import ActorKind, FactorKind, Role
from accounts.models.account import Account
from accounts.powers import Power


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Somebody or something that acts; `account_id` is a person's own account, `name` a system part's."""

    kind: ActorKind
    account_id: UUID | None = None
    roles: frozenset[Role] = frozenset()
    name: str = ""
    carried_by: FactorKind | None = None  # of a status session: the channel of its link, which is no fresh factor

    @classmethod
    def customer(cls, account: Account) -> "Actor":
        """The signed-in owner (C)."""
        return cls(kind=ActorKind.CUSTOMER, account_id=account.pk)

    @classmethod
    def status_session(cls, account_id: UUID, *, carried_by: FactorKind | None = None) -> "Actor":
        """A status session with a fresh factor of another channel (S)."""
        return cls(kind=ActorKind.STATUS_SESSION, account_id=account_id, carried_by=carried_by)

    @classmethod
    def link(cls, account_id: UUID) -> "Actor":
        """The holder of a mailed link (M)."""
        return cls(kind=ActorKind.LINK, account_id=account_id)

    @classmethod
    def staff(cls, account: Account) -> "Actor":
        """A staff member with the roles of their groups (A, L, X)."""
        names = set(account.groups.values_list("name", flat=True))
        return cls(
            kind=ActorKind.STAFF,
            account_id=account.pk,
            roles=frozenset(role for role in Role if role.value in names and account.is_staff),
        )

    @classmethod
    def system(cls, name: str) -> "Actor":
        """The worker or a command (sys)."""
        return cls(kind=ActorKind.SYSTEM, name=name)

    @classmethod
    def core(cls) -> "Actor":
        """The exchange core, by its signed key."""
        return cls(kind=ActorKind.CORE, name="core")

    def may(self, power: Power) -> bool:
        """Tell whether this is staff with a role that has the power; who they are to the row is asked beside it."""
        return self.kind is ActorKind.STAFF and bool(self.roles & power.roles)

    @property
    def label(self) -> str:
        """Opaque text for the journal: a kind with an id or a part's name, never a person's name."""
        return f"{self.kind}:{self.account_id or self.name}"
