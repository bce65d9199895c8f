"""The portal's settings with the environment of the tests, so that the type checker runs from any shell."""

import os
import tempfile
from pathlib import Path

from tests.plugins.environment import TEST_ENVIRONMENT

os.environ.update(TEST_ENVIRONMENT | {"VAR_DIR": str(Path(tempfile.gettempdir()) / "closeout-types")})

from portal.settings import *  # noqa: F403
