"""Makes a member of staff and prints the link with which they enroll."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from accounts import clock, staff_enrollment
from accounts.actors import Actor
from accounts.enums import Role
from accounts.exceptions import BadIdentifier, PortalError

FAILED, USAGE = 1, 2


class Command(BaseCommand):
    help = "Make a member of staff and print a link for one enrollment within 24 hours. Run again for a new link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="e-mail address, not one of a customer")
        parser.add_argument("--role", required=True, choices=[role.value for role in Role])

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            token = staff_enrollment.invite(
                options["email"], Role(options["role"]), actor=Actor.system("create_staff"), now=clock.now()
            )
        except PortalError as error:
            self.stderr.write(error.message)
            raise SystemExit(USAGE if isinstance(error, BadIdentifier) else FAILED) from error
        self.stdout.write(f"{settings.PORTAL_ORIGIN}{reverse('enroll', args=[token])}")
