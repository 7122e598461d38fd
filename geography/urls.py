from django.urls import path

from . import views

app_name = "geography"
urlpatterns = [
    path("carte/fond.json", views.base, name="base"),
    path("carte/fond.geojson", views.layer, name="layer"),
    path("adresses/", views.addresses, name="addresses"),
]
