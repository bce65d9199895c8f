"""The captcha's sum as a browser does it, for the demo's own customers."""

from typing import Any

import altcha


def answer_to(challenge: dict[str, Any]) -> str:
    """Return what a page or a program sends for a challenge (closure.captcha)."""
    made = altcha.Challenge.from_dict(challenge)
    solution = altcha.solve_challenge(made)
    if solution is None:
        raise RuntimeError("The sum took too long.")
    return altcha.Payload(made, solution).to_base64()
