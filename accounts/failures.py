"""How a failure is told where its own words may hold personal data: by kind and place."""

import traceback


def kind_and_place(error: BaseException) -> str:
    """Return the class of an error and the line it came from, nothing of what it says."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
