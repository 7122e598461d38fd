"""Territories in the Wagtail admin's menu, and who may be given them."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import path
from wagtail import hooks
from wagtail.contrib.settings.registry import register_setting

from .admin import Territories, preview, upload
from .models import BaseMap

register_setting(BaseMap, icon="site")


@hooks.register("register_admin_viewset")
def viewsets() -> Territories:
    return Territories()


@hooks.register("register_admin_urls")
def admin_urls() -> list[Any]:
    return [
        path("territories/import/", upload, name="geography_import"),
        path("territories/import/<uuid:pk>/", preview, name="geography_import_plan"),
    ]


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    return Permission.objects.filter(
        content_type__app_label="geography", content_type__model__in=["zone", "namedplace", "basemap"]
    )
