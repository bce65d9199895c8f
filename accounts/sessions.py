"""Sessions: an anonymous visitor is a signed value in the cookie; a session with somebody behind it is a row.

Django loads `SessionStore` from here (SESSION_ENGINE). The cookie of a row is a random key, of which the table keeps
the digest only. What an anonymous cookie says can never name somebody: it is refused when it does.
"""

import hashlib
import json
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.core import signing

from accounts import clock
from accounts.enums import SessionKind
from accounts.models import Session

KIND = "_kind"
SUBJECT = "_subject"
NAMING = frozenset({SESSION_KEY, SUBJECT, KIND})
SALT = "accounts.sessions.anonymous"
KEY_BYTES = 32
# Absolute, whatever the visitor does.
LIFETIMES = {
    SessionKind.SIGNING_IN: timedelta(minutes=15),
    SessionKind.CUSTOMER: timedelta(hours=12),
    SessionKind.STAFF: timedelta(hours=8),
    SessionKind.STATUS: timedelta(minutes=30),
}
# Without a request for so long, a session ends before that.
IDLE = {SessionKind.CUSTOMER: timedelta(minutes=30), SessionKind.STAFF: timedelta(minutes=15)}
ACTIVITY_STEP = timedelta(minutes=1)
ANONYMOUS_AGE = timedelta(hours=12)
SIGNED_IN = frozenset({SessionKind.CUSTOMER, SessionKind.STAFF})

Naming = tuple[SessionKind, UUID]


def key_digest(key: str) -> bytes:
    """Return what the table keeps of a cookie."""
    return hashlib.sha256(key.encode()).digest()


def naming_of(data: dict[str, Any]) -> Naming | None:
    """Return kind and account of session data that names somebody, None for an anonymous visitor."""
    account_id = data.get(SESSION_KEY) or data.get(SUBJECT)
    if account_id is None:
        return None
    return SessionKind(data.get(KIND, SessionKind.CUSTOMER)), UUID(str(account_id))


def is_signed(key: str | None) -> bool:
    """Tell an anonymous cookie (signed data) from the key of a row."""
    return key is not None and ":" in key


class SessionStore(SessionBase):
    """The session of one request; what it holds decides at saving where it is kept."""

    _loaded: Naming | None = None
    _loaded_expiry: datetime | None = None
    _came_signed_in = False

    def name_somebody(self, kind: SessionKind, account_id: UUID) -> None:
        """Tie the session to an account that is not signed in (half-finished sign-in, status link)."""
        self[KIND], self[SUBJECT] = kind.value, str(account_id)

    @property
    def subject(self) -> Naming | None:
        """Kind and account of this session, None for an anonymous visitor."""
        return naming_of(self._data())

    @property
    def has_ended(self) -> bool:
        """Whether somebody who was signed in when the request came no longer is."""
        if not self._came_signed_in:
            return False
        naming = naming_of(getattr(self, "_session_cache", {}))
        return naming is None or naming[0] not in SIGNED_IN

    def load(self) -> dict[str, Any]:
        """Return the data behind the cookie; anything changed, expired or unknown is an empty session."""
        key = self.session_key
        found = self._load_signed(key) if is_signed(key) else self._load_row(key)
        if found is None:
            self._session_key = None
            return {}
        return found

    def _load_signed(self, key: str | None) -> dict[str, Any] | None:
        try:
            data = signing.loads(key or "", salt=SALT, max_age=ANONYMOUS_AGE)
        except signing.BadSignature:
            return None
        return data if isinstance(data, dict) and not NAMING & data.keys() else None

    def _load_row(self, key: str | None) -> dict[str, Any] | None:
        now = clock.now()
        row = Session.objects.filter(key_digest=key_digest(key or ""), expires_at__gt=now).first()
        if row is None or _is_idle(row, now):
            return None
        _note_activity(row, now)
        self._loaded, self._loaded_expiry = (SessionKind(row.kind), row.account_id), row.expires_at
        self._came_signed_in = self._loaded[0] in SIGNED_IN
        data: dict[str, Any] = json.loads(row.data)
        return data

    def exists(self, session_key: str) -> bool:
        """Tell whether a row has this key; an anonymous cookie exists in the browser only."""
        return not is_signed(session_key) and Session.objects.filter(key_digest=key_digest(session_key)).exists()

    def create(self) -> None:
        """Start an empty session; nothing is stored before it says something."""
        self._session_key = None
        self._session_cache: dict[str, Any] = {}
        self._loaded = self._loaded_expiry = None
        self.modified = True

    def flush(self) -> None:
        """End this session and start an empty one that owes the old one nothing."""
        super().flush()
        self._loaded = self._loaded_expiry = None

    def cycle_key(self) -> None:
        """Keep the data under a new key and end the old one at once."""
        data, old = self._data(), self.session_key
        self._session_key = None
        self._session_cache = data
        self.modified = True
        if old:
            self.delete(old)

    def save(self, must_create: bool = False) -> None:
        """Keep the session where it belongs; raises UpdateError when its row was ended meanwhile.

        Whoever starts to be named, or becomes somebody else, gets a new random key (no fixation).
        """
        data = self._data(no_load=must_create)
        naming = naming_of(data)
        had_row = self.session_key is not None and not is_signed(self.session_key)
        if naming is not None and had_row and naming == self._loaded:
            self._update(data)
            return
        if had_row:
            self.delete(self.session_key)
        if naming is None:
            self._loaded = self._loaded_expiry = None
            self._session_key = signing.dumps(data, salt=SALT, compress=True)
        else:
            self._insert(data, naming)

    def _update(self, data: dict[str, Any]) -> None:
        kept = Session.objects.filter(key_digest=key_digest(self.session_key or "")).update(data=json.dumps(data))
        if kept != 1:
            raise UpdateError

    def _insert(self, data: dict[str, Any], naming: Naming) -> None:
        kind, account_id = naming
        now = clock.now()
        expires = self._loaded_expiry if naming == self._loaded and self._loaded_expiry else now + LIFETIMES[kind]
        key = secrets.token_urlsafe(KEY_BYTES)
        Session.objects.create(
            key_digest=key_digest(key),
            kind=kind,
            account_id=account_id,
            data=json.dumps(data),
            created_at=now,
            active_at=now,
            expires_at=expires,
        )
        self._session_key = key
        self._loaded, self._loaded_expiry = naming, expires

    def delete(self, session_key: str | None = None) -> None:
        """End the row of `session_key`, or of this session; an anonymous cookie has none."""
        key = session_key or self.session_key
        if key and not is_signed(key):
            Session.objects.filter(key_digest=key_digest(key)).delete()

    def _data(self, *, no_load: bool = False) -> dict[str, Any]:
        loaded: dict[str, Any] = self._get_session(no_load=no_load)  # type: ignore[attr-defined]
        return loaded

    @classmethod
    def clear_expired(cls) -> None:
        """Delete the rows of sessions whose time is over, and of those that nobody used for too long."""
        now = clock.now()
        Session.objects.filter(expires_at__lte=now).delete()
        for kind, idle in IDLE.items():
            Session.objects.filter(kind=kind, active_at__lte=now - idle).delete()


def _is_idle(row: Session, now: datetime) -> bool:
    idle = IDLE.get(SessionKind(row.kind))
    return idle is not None and now - (row.active_at or row.created_at) >= idle


def _note_activity(row: Session, now: datetime) -> None:
    """Write that the session is used, at most once a minute."""
    if SessionKind(row.kind) in IDLE and now - (row.active_at or row.created_at) >= ACTIVITY_STEP:
        Session.objects.filter(pk=row.pk).update(active_at=now)
