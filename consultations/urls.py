"""The public addresses of what becomes of consultations."""

from django.urls import path

import participation.urls  # noqa: F401 - its converters

from . import feeds, follower_views, views

app_name = "consultations"
urlpatterns = [
    path("themes/<slug:ref>/", views.theme, name="theme"),
    path("reponses/<slug:ref>/clarte/", views.clear, name="clarity"),
    path("suivre/<scope_tag:tag>/", follower_views.follow, name="follow"),
    path("suivre/avis/<contact_token:token>/", follower_views.follower, name="follower"),
    path("suivre/avis/<contact_token:token>/arreter/", follower_views.stop, name="follower_stop"),
    path("flux/", feeds.SiteFeed(), name="site_feed"),
    path("flux/<scope_tag:tag>/", feeds.ConsultationFeed(), name="feed"),
]
