"""The public addresses of surveys."""

from django.urls import path

from . import views

app_name = "surveys"

urlpatterns = [
    path("enquetes/<str:key>/", views.survey, name="survey"),
    path("enquetes/<str:key>/repondre/", views.respond, name="respond"),
    path("enquetes/<str:key>/merci/", views.thanks, name="thanks"),
    path("enquetes/<str:key>/resultats/", views.results, name="results"),
    path("enquetes/<str:key>/resultats.json", views.results_json, name="results_json"),
    path("enquetes/<str:key>/resultats.csv", views.results_csv, name="results_csv"),
]
