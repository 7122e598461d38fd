"""The public addresses of surveys."""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from . import frame_views, given_email_views, kiosk_views, paper_views, views
from .framing import framed


class KeyConverter(StringConverter):
    """What a survey's key can be; an address with anything else in it, NUL say, never reaches the database."""

    regex = "[A-Za-z0-9_-]{1,20}"


class ShortConverter(StringConverter):
    """What stands in a short address (`paper.surroundings.short_name`)."""

    regex = "[1-9][0-9]{0,8}-[a-z2-7]{4}"


class SealedConverter(StringConverter):
    """What a link in one of our mails says, unreadable (`given_emails.seal`)."""

    regex = "[A-Za-z0-9_-]{40,600}"


register_converter(KeyConverter, "survey_key")
register_converter(SealedConverter, "sealed")
register_converter(ShortConverter, "short_name")

app_name = "surveys"

# The same form in a frame on another site; every address of it goes through `framed`.
embed = [
    path("", framed(views.survey), name="survey"),
    path("repondre/", framed(views.respond), name="respond"),
    path("suite/", framed(views.go_on), name="go_on"),
    path("merci/", framed(views.thanks), name="thanks"),
    path("code/", framed(frame_views.code), name="code"),
]

urlpatterns = [
    path("integrer/<survey_key:key>/", include((embed, "embed"))),
    path("enquetes/<survey_key:key>/", views.survey, name="survey"),
    path("enquetes/<survey_key:key>/repondre/", views.respond, name="respond"),
    path("enquetes/<survey_key:key>/suite/", views.go_on, name="go_on"),
    path("enquetes/<survey_key:key>/merci/", views.thanks, name="thanks"),
    path("enquetes/<survey_key:key>/adresse/<sealed:sealed>/", given_email_views.given_email, name="given_email"),
    path("enquetes/<survey_key:key>/resultats/", views.results, name="results"),
    path("enquetes/<survey_key:key>/reponses-libres/", views.open_answers, name="open_answers"),
    path("enquetes/<survey_key:key>/resultats.json", views.results_json, name="results_json"),
    path("enquetes/<survey_key:key>/papier/", paper_views.page, name="paper"),
    path("enquetes/<survey_key:key>/papier.pdf", paper_views.as_pdf, name="paper_pdf"),
    path("e/<short_name:name>/", paper_views.short, name="short"),
    path("enquetes/<survey_key:key>/resultats.csv", views.results_csv, name="results_csv"),
    path("permanence/<uuid:kiosk_id>/", kiosk_views.kiosk, name="kiosk"),
    path("permanence/<uuid:kiosk_id>/ouvrier.js", kiosk_views.worker, name="kiosk_worker"),
    path("permanence/<uuid:kiosk_id>/envoyer/", kiosk_views.send, name="kiosk_send"),
]
