"""The public addresses of debates."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from .views import arguments, results, statements, voting


class KeyConverter(StringConverter):
    """What a debate's key or a statement's can be; an address with anything else in it never reaches the database."""

    regex = "[A-Za-z0-9_-]{1,20}"


register_converter(KeyConverter, "debate_key")

app_name = "deliberation"

_DEBATE = "debats/<debate_key:key>/"
_STATEMENT = f"{_DEBATE}affirmations/<debate_key:ref>/"

urlpatterns = [
    path(_DEBATE, voting.debate, name="debate"),
    path(f"{_DEBATE}voter/", voting.vote, name="vote"),
    path(f"{_DEBATE}affirmations/", statements.statements, name="statements"),
    path(_STATEMENT, results.statement, name="statement"),
    path(f"{_STATEMENT}arguments/", arguments.under_statement, name="statement_arguments"),
    path(f"{_DEBATE}arguments/", arguments.on_question, name="arguments"),
    path(f"{_DEBATE}arguments/<uuid:argument_id>/soutenir/", arguments.support, name="support"),
    path(f"{_DEBATE}resultats/", results.page, name="results"),
    path(f"{_DEBATE}resultats.json", results.as_json, name="results_json"),
    path(f"{_DEBATE}resultats.csv", results.as_csv, name="results_csv"),
]
