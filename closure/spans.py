"""Lengths of time in words."""

from datetime import timedelta

from django.utils.translation import ngettext

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
DAYS_FROM = 4 * DAY


def duration(length: timedelta) -> str:
    """`10 minutes`, `72 hours`, `7 days`: hours up to four days, as people plan by them."""
    if length < HOUR or length % HOUR:
        minutes = int(length / timedelta(minutes=1))
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if length < DAYS_FROM or length % DAY:
        hours = int(length / HOUR)
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return ngettext("%(n)d day", "%(n)d days", length.days) % {"n": length.days}
