"""Reactivations at the console: the queue, and the page on which one is decided."""

from closure.admin.reactivations.detail import ReactivationDetail
from closure.admin.reactivations.queue import ReactivationQueue


class ReactivationAdmin(ReactivationDetail, ReactivationQueue):
    """What owners of disabled accounts handed in, who waits longest first."""
