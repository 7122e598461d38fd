"""Two pages with maps, for tests alone: one asks where, one shows places."""

import json

from django.http import HttpResponse, JsonResponse
from django.template import engines
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from geography import asking, location
from geography.models import NamedPlace, Zone
from surveys.questions.base import Form

ASKING = """{% extends "base.html" %}{% block title %}Où ?{% endblock %}{% block content %}
<div class="wrap"><h1>Où ?</h1>
<form method="post" class="survey">{% include "geography/location.html" with legend="Où est-ce ?" name="q1" %}
<button class="button">Envoyer</button></form><p id="read">{{ read }}</p></div>{% endblock %}"""
SHOWING = """{% extends "base.html" %}{% block title %}Lieux{% endblock %}{% block content %}
<div class="wrap"><h1>Lieux</h1>
{% include "geography/places_map.html" with source="/lieux.geojson" bbox="3.19,46.39,3.21,46.41" %}
<ul><li>La halle</li></ul></div>{% endblock %}"""


@csrf_exempt
def ask(request):
    town = Zone.objects.filter(depth=1).first()
    zones = town.get_children() if "zones" in request.GET else ()
    where = asking.ask(town, places=NamedPlace.objects.all(), zones=zones, draw=request.GET.get("draw", "point"))
    form, read, error = Form(dict(request.POST.lists())), "", None
    if request.method == "POST":
        try:
            read = json.dumps(asking.read(where, "q1", form), ensure_ascii=False)
        except location.LocationError as found:
            error = found
    told = {"ask": where, "value": location.typed("q1", form), "read": read}
    told |= {"error": error and error.message, "error_field": error and error.field}
    return HttpResponse(engines["django"].from_string(ASKING).render(told, request), status=422 if error else 200)


def show(request):
    return HttpResponse(engines["django"].from_string(SHOWING).render({}, request))


def places(request):
    def feature(pk, lon, lat, **properties):
        geometry = {"type": "Point", "coordinates": [lon, lat]}
        return {"type": "Feature", "id": pk, "geometry": geometry, "properties": properties}

    assert len([float(x) for x in request.GET["bbox"].split(",")]) == 4
    if int(request.GET["zoom"]) < 16:
        features = [feature("c", 3.2, 46.4, count=3)]
    else:
        features = [
            feature("1", 3.2, 46.4, title="<b>La halle</b>", url="/ou/#halle"),
            feature("2", 3.2005, 46.4, title="Ici"),
        ]
    return JsonResponse({"type": "FeatureCollection", "features": features})


urlpatterns = [
    path("ou/", ask),
    path("montre/", show),
    path("lieux.geojson", places),
    path("", include("cms.urls")),
]
