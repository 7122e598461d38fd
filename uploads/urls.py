"""The public addresses of photos and documents."""

from django.urls import path

from . import views

app_name = "uploads"
urlpatterns = [
    path("fichiers/<uuid:pk>/", views.file, name="file"),
    path("fichiers/<uuid:pk>/vignette/", views.file, {"small": True}, name="thumbnail"),
]
