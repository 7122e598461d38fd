"""The public addresses of moderation."""

from django.urls import path

from .views import charters, figures, reports, texts

app_name = "moderation"

urlpatterns = [
    path("moderation/charte/<slug:ref>/", charters.charter, name="charter"),
    path("moderation/regles/<slug:tag>/", charters.rules, name="rules"),
    path("moderation/chiffres/", figures.months, name="figures"),
    path("moderation/chiffres.json", figures.as_json, name="figures_json"),
    path("moderation/chiffres.csv", figures.as_csv, name="figures_csv"),
    path("moderation/chiffres/<int:year>-<int:month>/", figures.month, name="month"),
    path("signaler/recu/<slug:ref>/", reports.reported, name="reported"),
    path("signaler/<slug:kind>/<slug:public_id>/", reports.report, name="report"),
    path("suivi/texte/<slug:ref>/", texts.text, name="text"),
]
