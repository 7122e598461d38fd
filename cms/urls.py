"""Which room answers which address."""

from django.conf import settings
from django.conf.urls.static import static
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from .health import health

urlpatterns = [
    path("sante/", health),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("surveys.urls")),
    path("", include("deliberation.urls")),
    path("", include("moderation.urls")),
    path("", include("participation.urls")),
    path("", include("search.urls")),
    path("", include("home.urls")),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    path("", include(wagtail_urls)),
]

handler500 = "cms.errors.server_error"
