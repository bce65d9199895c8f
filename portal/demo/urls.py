"""Addresses under /demo/, in a demo only."""

from django.urls import path

from portal.demo import views

urlpatterns = [
    path("outbox/", views.outbox, name="demo-outbox"),
    path("outbox.json", views.outbox_json, name="demo-outbox-json"),
    path("totp.json", views.totp_json, name="demo-totp"),
    path("clock/", views.move_clock, name="demo-clock"),
    path("deposit/", views.arrive, name="demo-deposit"),
]
