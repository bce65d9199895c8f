"""The lowest floor: who somebody is, what state they are in, how they prove it, what happened."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        """Keep the journal's triggers and the staff roles in place after every migration."""
        from accounts import (
            case_opening,
            checks,  # noqa: F401  (registers its checks)
            contact_change,
            contact_codes,
            powers,
            registration,
            roles,
            suspicious,
            triggers,
        )
        from accounts.recovering import invitation_notice
        from accounts.recovering import links as recovery_links
        from accounts.recovering import stopping as recovery_stopping
        from accounts.verification import recovery

        self.powers = powers.POWERS
        post_migrate.connect(triggers.after_migrate, sender=self, dispatch_uid="accounts.triggers")
        post_migrate.connect(roles.after_migrate, sender=self, dispatch_uid="accounts.roles")
        case_opening.plug()
        contact_change.plug()
        contact_codes.plug()
        registration.plug()
        invitation_notice.plug()
        recovery.plug()
        recovery_links.plug()
        recovery_stopping.plug()
        suspicious.plug()
