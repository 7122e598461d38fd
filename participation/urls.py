"""The public addresses of receipt codes, of proofs, and of the mails that tell what became of a text."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from . import access_views, contact_views, views
from .models import ALPHABET, TAG_LENGTH


class TagConverter(StringConverter):
    """What a scope's tag can be; an address with anything else in it never reaches the database."""

    regex = f"[{ALPHABET}]{{{TAG_LENGTH}}}"


register_converter(TagConverter, "scope_tag")


class TokenConverter(StringConverter):
    regex = "[A-Za-z0-9_-]{43}"


register_converter(TokenConverter, "contact_token")

app_name = "participation"
urlpatterns = [
    path("suivi/", views.follow_up, name="follow_up"),
    path("acces/retour/", access_views.identity_return, name="identity_return"),
    path("acces/<scope_tag:tag>/", access_views.letter, name="letter"),
    path("acces/<scope_tag:tag>/courriel/", access_views.email, name="email"),
    path("acces/<scope_tag:tag>/courriel/<uuid:challenge>/", access_views.email_code, name="email_code"),
    path("acces/<scope_tag:tag>/identite/", access_views.identity, name="identity"),
    path("acces/<scope_tag:tag>/oublier/", access_views.forget, name="forget_pass"),
    path("suivi/avis/", contact_views.ask, name="notify"),
    path("suivi/avis/<contact_token:token>/", contact_views.contact, name="contact"),
    path("suivi/avis/<contact_token:token>/arreter/", contact_views.stop, name="contact_stop"),
]
