"""What the handwritten note says, word for word (J08)."""

from datetime import date

# Never translated: staff compare it letter by letter, whatever language its writer reads our pages in.
WORDING = "{brand} ({on}) Reactivate my account associated with ({email})"


def text(*, brand: str, email: str, on: date) -> str:
    """Return the wording filled in; `email` is the phone number of an account that has no e-mail address."""
    return WORDING.format(brand=brand, on=f"{on:%d/%m/%Y}", email=email)
