"""For campaigns that need the portal's settings and no database."""

import os
import tempfile

import django

from tests.plugins.environment import TEST_ENVIRONMENT


def settle() -> None:
    """Load the portal with the settings of tests; its files lie in a new folder, of which nothing is kept."""
    os.environ.update(TEST_ENVIRONMENT)
    os.environ.update(VAR_DIR=tempfile.mkdtemp(), DJANGO_SETTINGS_MODULE="portal.settings")
    django.setup()
