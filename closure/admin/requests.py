"""Closure requests at the console: the queue (queue.py), and the page on which one is decided (detail.py)."""

from closure.admin.detail import ClosureRequestDetail
from closure.admin.queue import QueueAdmin


class ClosureRequestAdmin(ClosureRequestDetail, QueueAdmin):
    """What customers asked for, first due first."""
