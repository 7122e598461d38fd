"""The public address of a receipt code."""

from django.urls import path

from . import views

app_name = "participation"
urlpatterns = [path("suivi/", views.follow_up, name="follow_up")]
