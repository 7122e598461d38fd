"""Photos and documents in the Wagtail admin: where those who moderate see what is not shown."""

from django.urls import path
from wagtail import hooks

from . import views


@hooks.register("register_admin_urls")
def admin_urls() -> list:
    return [
        path("fichiers/<uuid:pk>/", views.unshown, name="uploads_file"),
        path("fichiers/<uuid:pk>/vignette/", views.unshown, {"small": True}, name="uploads_thumbnail"),
    ]
