"""The public addresses of a receipt code, and of the mails that tell what became of it."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from . import contact_views, views


class TokenConverter(StringConverter):
    regex = "[A-Za-z0-9_-]{43}"


register_converter(TokenConverter, "contact_token")

app_name = "participation"
urlpatterns = [
    path("suivi/", views.follow_up, name="follow_up"),
    path("suivi/avis/", contact_views.ask, name="notify"),
    path("suivi/avis/<contact_token:token>/", contact_views.contact, name="contact"),
    path("suivi/avis/<contact_token:token>/arreter/", contact_views.stop, name="contact_stop"),
]
