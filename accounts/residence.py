"""Where an owner lives, written in one place: the law there sets dates that were announced (H03, I04)."""

from accounts.enums import NoticeMatter
from accounts.models import Account, DormancyNotice


def move(locked: Account, *, country: str, region: str) -> list[str]:
    """Write where the owner of a locked account lives; returns the names of fields that changed, none: nothing did.

    A date of unclaimed property was one of the law that they left: it is forgotten, and the sweep announces the one of
    the new place with the whole notice. What staff had handled by the old law is in the journal.
    """
    there = {"country": country, "region": region}
    changed = [name for name, value in there.items() if getattr(locked, name) != value]
    if changed:
        Account.objects.filter(pk=locked.pk).update(**there)
        locked.country, locked.region = country, region
        DormancyNotice.objects.filter(account=locked, matter=NoticeMatter.UNCLAIMED).delete()
    return changed
