"""A quick hash: where each request hashes once, the noise of argon2 hides what is done around it."""

from accounts.hashers import PortalArgon2

QUICK = "tests.campaigns.enumeration.hashers.QuickArgon2"


class QuickArgon2(PortalArgon2):
    """The portal's hash with the least memory and time."""

    time_cost = 1
    memory_cost = 8
