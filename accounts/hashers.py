"""Password hashing: argon2id with OWASP's small parameters (speed.md, 9)."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class PortalArgon2(Argon2PasswordHasher):
    """t=2, 19 MiB, p=1: a sixth of the cost of Django's default, still among OWASP's recommended sets."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
