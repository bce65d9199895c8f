"""`manage.py openapi > docs/openapi.yaml` draws the API's document from the code."""

from typing import Any

from django.core.management.base import BaseCommand

from portal import api_schema


class Command(BaseCommand):
    """Prints the OpenAPI document."""

    help = "Print the OpenAPI document of the API (docs/openapi.yaml)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it."""
        self.stdout.write(api_schema.text(), ending="")
