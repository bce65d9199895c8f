"""The environment every test runs with; each name is explained in .env.example.

All names are set, empty ones too, so that neither the shell nor a `.env` file changes what a test sees.
"""

import base64


def _key(letter: str) -> str:
    """Return a key of 32 equal bytes: easy to recognize, and worthless outside of tests."""
    return base64.urlsafe_b64encode(letter.encode() * 32).decode().rstrip("=")


TEST_ENVIRONMENT = {
    "DEMO": "0",
    "SECRET_KEY": "only-for-tests-" * 4,
    "FINGERPRINT_KEYS": f"1:{_key('f')}",
    "ARCHIVE_KEYS": f"1:{_key('a')}",
    "SIGNING_KEY": _key("s"),
    "RETIRED_SIGNING_KEYS": "",
    "ARCHIVE_KEYS_DIR": "",
    "CLOSURE_BOOK_DIR": "",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "PORTAL_ORIGIN": "https://portal.example.test",
    "PORTAL_BRAND": "Northbank",
    "PORTAL_POLICY": "standard",
    "PORTAL_GATEWAY": "ledger",
    "PORTAL_GATEWAY_URL": "",
    "PORTAL_GATEWAY_KEY": "",
    "EMAIL_URL": "",
    "SMS_URL": "",
    "MESSAGE_EVENTS_KEY": "",
    "PORTAL_SECURITY_CONTACT": "",
    "QUEUE_URL": "",
    "WORKER_PULSE_LIMIT": "30",
    "PASSWORD_HASHES_AT_ONCE": "4",
    "TRIES_PER_ADDRESS": "100",
    "SMS_COUNTRIES": "",
    "SISTER_BRANDS": "",
    "SMS_PER_DAY": "20000",
    "SMS_PER_PREFIX_AND_DAY": "2000",
    "MAIL_FROM": "Northbank <no-reply@portal.example.test>",
    # The test client speaks plain HTTP.
    "SSL_REDIRECT": "0",
    "BEHIND_PROXY": "0",
    # Playwright keeps an event loop in the thread of the test, which Django would take for asynchronous code.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
}
