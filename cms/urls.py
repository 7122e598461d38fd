"""Which room answers which address."""

from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from .health import health
from .media import media

urlpatterns = [
    path("sante/", health),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("surveys.urls")),
    path("", include("deliberation.urls")),
    path("", include("maps.urls")),
    path("", include("moderation.urls")),
    path("", include("uploads.urls")),
    path("", include("participation.urls")),
    path("", include("geography.urls")),
    path("", include("consultations.urls")),
    path("", include("search.urls")),
    path("", include("home.urls")),
    re_path(r"^media/(?P<path>(?:images|original_images)/[^/]+)$", media),
    path("", include(wagtail_urls)),
]

handler500 = "cms.errors.server_error"
