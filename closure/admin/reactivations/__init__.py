"""Reactivations at the console: the queue, and the page on which two people look at photos and decide (L04)."""
