"""Every address of the portal."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from portal.staff_site import staff_site

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("portal.api_urls")),
    path("staff/", staff_site.urls),
    path("", include("accounts.urls")),
    path("", include("closure.urls")),
]

if settings.DEMO:
    urlpatterns.append(path("demo/", include("portal.demo.urls")))

handler400 = "accounts.views.errors.bad_request"
handler403 = "accounts.views.errors.permission_denied"
handler404 = "accounts.views.errors.page_not_found"
handler500 = "accounts.views.errors.server_error"
