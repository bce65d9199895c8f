"""How far the events of the exchange core have been read."""

from django.db import models


class CoreCursor(models.Model):
    """One stream and the cursor of the last event that was taken from it; empty: none yet."""

    stream = models.CharField(max_length=16, primary_key=True)
    cursor = models.CharField(max_length=128, blank=True)

    def __str__(self) -> str:
        return self.stream
