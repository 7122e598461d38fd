"""Addresses of the front house that are not pages."""

from django.urls import path

from . import views

app_name = "home"
urlpatterns = [
    path("theme.css", views.theme, name="theme"),
    path("stats/", views.stats, name="stats"),
    path("stats.csv", views.stats_csv, name="stats_csv"),
    path("plan-du-site/", views.site_map, name="site_map"),
    path("robots.txt", views.robots),
]
