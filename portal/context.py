"""What every template may know."""

from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, object]:
    """Brand, configured origin and whether this is a demo."""
    return {"brand": settings.PORTAL_BRAND, "origin": settings.PORTAL_ORIGIN, "demo": settings.DEMO}
