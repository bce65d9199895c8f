"""Settings of the portal: one file; what differs between places comes from the environment (portal/env.py)."""

from datetime import timedelta
from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF

from portal import env

# ModelAdmin[X] and the like must be subscriptable at run time.
django_stubs_ext.monkeypatch()
env.read_dotenv()

BASE_DIR = env.BASE_DIR
DEMO = env.flag("DEMO")
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var"))).resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)
_demo = env.DemoSecrets(VAR_DIR) if DEMO else None

# Keys
SECRET_KEY = env.required("SECRET_KEY", demo=_demo, make=lambda: env._new_key() * 2)
FINGERPRINT_KEYS = env.required_ring("FINGERPRINT_KEYS", demo=_demo)
ARCHIVE_KEYS = env.required_ring("ARCHIVE_KEYS", demo=_demo)
SIGNING_KEY = env.required_key("SIGNING_KEY", demo=_demo)
RETIRED_SIGNING_KEYS = env.parse_keys("RETIRED_SIGNING_KEYS", env.text("RETIRED_SIGNING_KEYS", ""))
ARCHIVE_KEYS_DIR = Path(env.text("ARCHIVE_KEYS_DIR", str(VAR_DIR / "archive-keys"))).resolve()
CLOSURE_BOOK_DIR = Path(env.text("CLOSURE_BOOK_DIR", str(VAR_DIR / "closures"))).resolve()

# Where and as whom
DEBUG = False
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"] if DEMO else [])
PORTAL_ORIGIN = env.text("PORTAL_ORIGIN", "http://localhost:8000" if DEMO else "")
PORTAL_BRAND = env.text("PORTAL_BRAND", "Northbank")
SISTER_BRANDS = env.parse_brands("SISTER_BRANDS", env.items("SISTER_BRANDS", []))
PORTAL_POLICY = env.text("PORTAL_POLICY", "standard")
PORTAL_GATEWAY = env.text("PORTAL_GATEWAY", "ledger")
PORTAL_GATEWAY_URL = env.text("PORTAL_GATEWAY_URL", "")
PORTAL_GATEWAY_KEY = env.text("PORTAL_GATEWAY_KEY", "")
EMAIL_URL = env.text("EMAIL_URL", "")
SMS_URL = env.text("SMS_URL", "")
QUEUE_URL = env.text("QUEUE_URL", "")
MAIL_FROM = env.text("MAIL_FROM", f"{PORTAL_BRAND} <no-reply@portal.example>")
MESSAGE_EVENTS_KEY = env.text("MESSAGE_EVENTS_KEY", "")
PORTAL_SECURITY_CONTACT = env.text("PORTAL_SECURITY_CONTACT", "")
PASSWORD_HASHES_AT_ONCE = int(env.text("PASSWORD_HASHES_AT_ONCE", "4"))
PASSWORD_HASH_WAIT = 5.0  # seconds
TRIES_PER_ADDRESS = int(env.text("TRIES_PER_ADDRESS", "100"))
SMS_COUNTRIES = env.items("SMS_COUNTRIES", [])
SMS_PER_DAY = int(env.text("SMS_PER_DAY", "20000"))
SMS_PER_PREFIX_AND_DAY = int(env.text("SMS_PER_PREFIX_AND_DAY", "2000"))
BEHIND_PROXY = env.flag("BEHIND_PROXY")
WORKER_PULSE_LIMIT_SECONDS = int(env.text("WORKER_PULSE_LIMIT", "30"))
WORKER_PULSE_SECONDS = min(5.0, WORKER_PULSE_LIMIT_SECONDS / 3)

INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_otp",
    "django_q",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "accounts",
    "django_otp_webauthn",  # after accounts: its tables point at ours
    "closure",
    "closure.retention",
    "portal",
    *(["portal.demo"] if DEMO else []),
]

# Those that add headers stand outside of those that may refuse: a bad Host is answered with all of them.
MIDDLEWARE = [
    "accounts.middleware.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "accounts.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
ASGI_APPLICATION = "portal.asgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.portal",
            ],
        },
    },
]

# Database. SQLite: WAL, IMMEDIATE and 20 s, or writers meet "database is locked" (docs/decisions/0002).
_database = env.database("DATABASE_URL", f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")
if str(_database["ENGINE"]).endswith("sqlite3"):
    _database["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
            "PRAGMA secure_delete=ON;PRAGMA busy_timeout=20000"
        ),
    }
    # In memory, two threads meet "table is locked": a test database is a file too.
    _database["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    _database["CONN_MAX_AGE"] = 60
    _database["CONN_HEALTH_CHECKS"] = True
    # A server that answers nothing is away: pages say so, and the worker goes on looking.
    _database.setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)  # type: ignore[attr-defined]
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

# People and sessions
AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["accounts.backends.SignInBackend"]
PASSWORD_HASHERS = ["accounts.hashers.PortalArgon2"]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "security"
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_NAME = "session" if DEMO else "__Host-session"
SESSION_COOKIE_SECURE = not DEMO
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_USE_SESSIONS = True
CSRF_FAILURE_VIEW = "accounts.views.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [PORTAL_ORIGIN] if PORTAL_ORIGIN.startswith("https://") else []
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
OTP_TOTP_SYNC = False
# Passkeys: bound to the host of the origin; a factor, never a sign-in by itself.
OTP_WEBAUTHN_CREDENTIAL_MODEL = "accounts.Passkey"
OTP_WEBAUTHN_HELPER_CLASS = "accounts.verification.factors.passkey.PasskeyHelper"
OTP_WEBAUTHN_ALLOW_PASSWORDLESS_LOGIN = False
OTP_WEBAUTHN_RP_ID_CALLABLE = "accounts.verification.factors.passkey.relying_party"
OTP_WEBAUTHN_RP_NAME = PORTAL_BRAND
# The helper allows PORTAL_ORIGIN alone, as it is at the time; portal.E003 checks it.
SILENCED_SYSTEM_CHECKS = ["otp_webauthn.E030", "otp_webauthn.E031"]

# Language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

# Static files
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static" if DEMO else BASE_DIR / "staticfiles"
if DEMO:
    STATIC_ROOT.mkdir(exist_ok=True)  # stays empty: a demo serves the files where they are
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEMO
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Headers
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = not DEMO and env.flag("SSL_REDIRECT", True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 0 if DEMO else int(timedelta(days=730).total_seconds())
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_HANDLERS = ["closure.uploads.InMemory"]

# Queue: wakes, never decides. Values and their reasons: docs/decisions/0002.
Q_CLUSTER = {
    "name": "portal",
    "workers": 2,
    "timeout": 25,
    "retry": 600,
    "max_attempts": 5,
    "queue_limit": 2,
    "bulk": 1,
    "recycle": 200,
    "catch_up": False,
    "scheduler": False,
    "save_limit": -1,
    "ack_failures": True,
    "poll": 0.2,
    **({"redis": QUEUE_URL} if QUEUE_URL else {"orm": "default"}),
}

# API
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["portal.api_authentication.PortalSessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["portal.api_authentication.SecondFactorDone"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "portal.api_errors.problem_details",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": f"{PORTAL_BRAND} account portal",
    "VERSION": "1",
    "SERVE_PUBLIC": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    # Fields that share a name and not their values: each list gets a name of its own.
    "ENUM_NAME_OVERRIDES": {
        "ClosureStateEnum": "closure.enums.ClosureState",
        "StepStateEnum": "closure.enums.StepState",
        "VerdictEnum": "closure.enums.Verdict",
        "SubmittedStateEnum": "closure.api.serializers.SUBMITTED_STATES",
        "FaceOutcomeEnum": "closure.enums.FaceOutcome",
        "DeliveryOutcomeEnum": "accounts.enums.DeliveryOutcome",
        "KindEnum": "accounts.enums.FactorKind",
        "IdentifierKindEnum": "accounts.enums.IdentifierKind",
        "ErasedGroupEnum": "closure.retention.groups.ErasedGroup",
        "RecordClassEnum": "closure.retention.enums.RecordClass",
        "LeftBehindEnum": "closure.receipts.enums.LeftBehind",
        "ExportKindEnum": "closure.enums.ExportKind",
        "ExportStateEnum": "closure.exports.enums.ExportState",
        "ExportFailureEnum": "closure.exports.enums.ExportFailure",
        "FactorStateEnum": ["open", "sent", "passed"],
        "CoreEventKindEnum": "closure.enums.CoreEventKind",
        "CaseKindEnum": "accounts.enums.CaseKind",
        "CaseStateEnum": "accounts.enums.CaseState",
        "ReactivationStateEnum": "closure.enums.ReactivationState",
        "SentReactivationStateEnum": "closure.api.reactivation_shapes.SENT_STATES",
        "DocumentTypeEnum": "accounts.enums.DocumentType",
        "AcceptedDocumentEnum": "closure.api.reactivation_shapes.ACCEPTED_TYPES",
        "EvidenceKindEnum": "closure.enums.EvidenceKind",
        "PhotoCheckEnum": "closure.api.reactivation_shapes.PHOTO_CHECKS",
        "PhotoOutcomeEnum": "closure.api.reactivation_shapes.PHOTO_OUTCOMES",
        "BrokenRuleEnum": "closure.reactivation.rules.Rule",
        "MissingEnum": "closure.api.reactivation_shapes.MISSING",
        "ReactivationDecisionEnum": ["approve", "refuse", "ask"],
        "RestrictionKindEnum": "accounts.enums.RestrictionKind",
        "RestrictionMoveEnum": "accounts.enums.RestrictionMove",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"hide_tokens": {"()": "portal.logs.HideTokens"}, "no_traces": {"()": "portal.logs.NoTraces"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["hide_tokens"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
        "django-q": {"filters": ["no_traces"]},
    },
}
