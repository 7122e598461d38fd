"""The open-data package: what is public and nothing else, described by datapackage.json."""

import csv
import io
import json
import uuid

import pytest
from django.core.management import CommandError, call_command

from deliberation.models import Debate
from surveys.models import Survey
from tests.factories.debates import DebateFactory
from tests.factories.pages import ConsultationPageFactory
from tests.factories.surveys import SurveyFactory

pytestmark = pytest.mark.django_db


def test_the_package_holds_what_is_public(tmp_path):
    shown, hidden = SurveyFactory(open=True), SurveyFactory(open=True, show_results="never")
    debate = DebateFactory(open=True)
    tools = [("survey", {"survey": shown.pk}), ("survey", {"survey": hidden.pk}), ("debate", {"debate": debate.pk})]
    body = [{"type": kind, "id": str(uuid.uuid4()), "value": value} for kind, value in tools]
    page = ConsultationPageFactory(open=True, title="La place", body=body)
    assert Survey.objects.get(pk=shown.pk).scope_id == Debate.objects.get(pk=debate.pk).scope_id == page.scope_id
    out = io.StringIO()
    call_command("export", page.slug, out=tmp_path / "paquet", json=True, stdout=out)
    written = json.loads(out.getvalue())["files"]
    assert f"enquetes/{shown.key}/resultats.csv" in written and f"debats/{debate.key}/resultats.csv" in written
    assert not [name for name in written if hidden.key in name]
    package = json.loads((tmp_path / "paquet/datapackage.json").read_text())
    assert package["licenses"][0]["name"] == "etalab-2.0"
    for resource in package["resources"]:
        with (tmp_path / "paquet" / resource["path"]).open(encoding="utf-8-sig", newline="") as source:
            assert next(csv.reader(source)) == [field["name"] for field in resource["schema"]["fields"]]


def test_a_consultation_that_is_not_online_is_refused(tmp_path):
    with pytest.raises(CommandError) as refused:
        call_command("export", "nulle-part", out=tmp_path)
    assert refused.value.returncode == 2
