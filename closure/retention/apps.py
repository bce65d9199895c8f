"""What stays, how long, and its end. Never imports its parent; knows a customer by an opaque key only."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "closure.retention"
    label = "retention"
    verbose_name = "Retention"
