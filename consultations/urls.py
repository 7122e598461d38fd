"""The public addresses of what becomes of consultations."""

from django.urls import path

from . import views

app_name = "consultations"
urlpatterns = [
    path("themes/<slug:ref>/", views.theme, name="theme"),
    path("reponses/<slug:ref>/clarte/", views.clear, name="clarity"),
]
