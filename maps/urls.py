"""The public addresses of maps."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from .views import authors, lists, results, showing


class KeyConverter(StringConverter):
    """What a map's key can be; an address with anything else in it never reaches the database."""

    regex = "[A-Za-z0-9_-]{1,20}"


register_converter(KeyConverter, "map_key")

app_name = "maps"

_MAP = "cartes/<map_key:key>/"
_PLACE = f"{_MAP}lieux/<uuid:place_id>/"

urlpatterns = [
    path(_MAP, lists.map_page, name="map"),
    path(f"{_MAP}montrer/", showing.show, name="show"),
    path(f"{_MAP}merci/", showing.thanks, name="thanks"),
    path(_PLACE, lists.place, name="place"),
    path(f"{_PLACE}soutenir/", lists.support, name="support"),
    path(f"{_PLACE}modifier/", authors.edit, name="edit"),
    path(f"{_MAP}lieux.geojson", results.as_geojson, name="geojson"),
    path(f"{_MAP}lieux.csv", results.as_csv, name="csv"),
    path(f"{_MAP}fond.geojson", results.drawn, name="drawn"),
    path(f"{_MAP}resultats/", results.page, name="results"),
    path(f"{_MAP}resultats.json", results.as_json, name="results_json"),
]
