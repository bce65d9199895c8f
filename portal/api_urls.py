"""Addresses under /api/."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from accounts.api.urls import urlpatterns as accounts_calls
from closure.api.urls import urlpatterns as closure_calls
from portal import api_views

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", api_views.SchemaView.as_view(), name="schema"),
    path("docs/", api_views.DocsView.as_view(), name="docs"),
    path("v1/", include([*accounts_calls, *closure_calls])),
    # Last: what is no call answers as the API does, not with a page.
    re_path("", api_views.NotFoundView.as_view(), name="not-found"),
]
