"""The public addresses of surveys."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from . import paper_views, views


class KeyConverter(StringConverter):
    """What a survey's key can be; an address with anything else in it, NUL say, never reaches the database."""

    regex = "[A-Za-z0-9_-]{1,20}"


class ShortConverter(StringConverter):
    """The number of a survey, in its short address."""

    regex = "[0-9]{1,9}"


register_converter(KeyConverter, "survey_key")
register_converter(ShortConverter, "survey_number")

app_name = "surveys"

urlpatterns = [
    path("enquetes/<survey_key:key>/", views.survey, name="survey"),
    path("enquetes/<survey_key:key>/repondre/", views.respond, name="respond"),
    path("enquetes/<survey_key:key>/suite/", views.go_on, name="go_on"),
    path("enquetes/<survey_key:key>/merci/", views.thanks, name="thanks"),
    path("enquetes/<survey_key:key>/resultats/", views.results, name="results"),
    path("enquetes/<survey_key:key>/reponses-libres/", views.open_answers, name="open_answers"),
    path("enquetes/<survey_key:key>/resultats.json", views.results_json, name="results_json"),
    path("enquetes/<survey_key:key>/papier/", paper_views.page, name="paper"),
    path("enquetes/<survey_key:key>/papier.pdf", paper_views.as_pdf, name="paper_pdf"),
    path("e/<survey_number:number>/", paper_views.short, name="short"),
    path("enquetes/<survey_key:key>/resultats.csv", views.results_csv, name="results_csv"),
]
