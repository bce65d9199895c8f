"""Whether answers of the help were of use, as two counts: nobody's, and nothing else (M06)."""

from django.db import models

from accounts.models.base import TimeOrdered


class HelpFeedback(TimeOrdered):
    """How many said that one answer helped them, and how many that it did not."""

    slug = models.SlugField(max_length=64, unique=True)
    helped = models.PositiveIntegerField(default=0)
    not_helped = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "help answer"

    def __str__(self) -> str:
        return self.slug
