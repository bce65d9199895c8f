"""Settings of production, but for static files: they are not collected, and no answer that is timed has one."""

import os

from portal.settings import *  # noqa: F403
from portal.settings import PASSWORD_HASHERS as OUR_HASHERS
from portal.settings import STORAGES as OURS
from tests.campaigns.enumeration.hashers import QUICK

STORAGES = {**OURS, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
PASSWORD_HASHERS = [QUICK] if os.environ["CAMPAIGN_HASH"] == "quick" else OUR_HASHERS
