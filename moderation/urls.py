"""The public addresses of moderation."""

from django.urls import path

from . import views

app_name = "moderation"

urlpatterns = [
    path("moderation/charte/<slug:ref>/", views.charter, name="charter"),
    path("suivi/texte/<slug:ref>/", views.text, name="text"),
]
