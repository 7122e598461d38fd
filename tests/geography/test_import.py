"""Zones out of files: by the command and in the admin; what would happen is shown before it does."""

import io
import json

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from geography.models import NamedPlace, Zone, ZoneFile
from tests.factories.geography import box, town

pytestmark = pytest.mark.django_db


def content(*zones):
    """A file of (name, code, geometry)."""
    features = [
        {"type": "Feature", "properties": {"nom": name, "insee": code}, "geometry": geometry}
        for name, code, geometry in zones
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "zones.geojson"
    file.write_bytes(content(("Ouest", "w", box(4.8, 45.7, 4.84, 45.8)), ("Nord", "n", box(4.8, 45.8, 4.9, 45.9))))
    return file


def run(path, **options):
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("import_zones", str(path), **options, stdout=out, stderr=err)
    except SystemExit as error:
        code = error.code
    except CommandError as error:
        return error.returncode, "", str(error)
    return code, out.getvalue(), err.getvalue()


def test_the_command_adds_changes_and_says_what_it_left_out(path):
    town()
    code, out, _err = run(path, parent="69999", json=True)
    told = json.loads(out)
    assert (code, told["added"], told["changed"]) == (0, ["Nord"], ["Ouest"])
    assert Zone.objects.get(name="Ouest").code == "w" and Zone.objects.get(name="Ouest").east == 4.84
    assert Zone.objects.get(name="Nord").get_parent().code == "69999"
    assert json.loads(run(path, parent="69999", json=True)[1])["same"] == ["Ouest", "Nord"]
    path.write_bytes(
        content(("Ouest", "w", box(4.8, 45.7, 4.84, 45.8)), ("", "x", box(1, 1, 2, 2)), ("Sud", "s", None))
    )
    code, _out, err = run(path, parent="69999", code_property="insee")
    assert code == 1 and "pas de nom" in err and "3 (Sud)" in err
    assert not any(Zone.find_problems())


@pytest.mark.parametrize("options", [{"parent": "none"}, {"name_property": "name"}, {"code_property": "x"}])
def test_bad_arguments_are_told_apart(path, options):
    assert run(path, **options)[0] == 2
    assert run(path.with_name("missing"))[0] == 2
    assert not Zone.objects.exists()


def test_codes_are_those_of_one_zone(path):
    town()
    code, _out, err = run(path, code_property="insee")  # no parent: "w" lies elsewhere
    assert code == 1 and "se trouve ailleurs" in err
    path.write_bytes(content(("A", "a", box(1, 1, 2, 2)), ("B", "a", box(2, 1, 3, 2))))
    code, _out, err = run(path, code_property="insee")
    assert code == 1 and "le même nom" in err and not Zone.objects.filter(code="a").exists()


@pytest.fixture
def agent(client, django_user_model):
    user = django_user_model.objects.create_user("agent", password="x")
    user.groups.add(Group.objects.get(name="Agents de communication"))
    client.force_login(user)
    return client


def page(answer):
    return answer.content.decode()


def test_an_agent_sees_what_a_file_would_do_then_does_it(agent, path):
    commune, *_rest = town()
    sent = agent.post("/admin/territories/import/", {"file": SimpleUploadedFile("q.geojson", path.read_bytes())})
    at = sent["Location"]
    shown = page(agent.get(at))
    assert "nom (Ouest, Nord)" in shown and "<path" in shown
    fields = {"name_property": "nom", "code_property": "insee", "parent": commune.pk, "kind": "sector"}
    shown = page(agent.post(at, fields))
    assert "Nord" in shown and "Ouest" in shown and not Zone.objects.filter(name="Nord").exists()
    assert agent.post(at, {**fields, "do": "1"})["Location"] == "/admin/territories/zones/"
    assert Zone.objects.get(code="n").kind == "sector"
    assert not ZoneFile.objects.exists()
    assert agent.get(at).status_code == 404


def test_a_file_that_cannot_be_read_is_said_at_its_field(agent):
    for bad in (b"x", b"[" * 100_000, b'{"type": "Topology"}', b""):
        sent = agent.post("/admin/territories/import/", {"file": SimpleUploadedFile("q.geojson", bad)})
        assert sent.status_code == 422 and "error-message" in page(sent)
    assert agent.post("/admin/territories/import/", {}).status_code == 422


def test_the_file_of_somebody_else_is_not_there(agent, django_user_model):
    kept = ZoneFile.objects.create(name="x", owner=django_user_model.objects.create_user("o"), features=[])
    assert agent.get(f"/admin/territories/import/{kept.pk}/").status_code == 404


def test_zones_are_listed_as_a_tree_in_as_many_queries_whatever_their_number(agent):
    commune, *_rest = town()
    at = "/admin/territories/zones/"
    agent.get(at)
    with CaptureQueriesContext(connection) as few:
        shown = page(agent.get(at))
    assert "— Ouest" in shown and "Rochebrune" in shown
    for i in range(20):
        commune.add_child(name=f"Z{i}", code=f"z{i}")
    with CaptureQueriesContext(connection) as many:
        agent.get(at)
    assert len(many) == len(few)
    assert "— Ouest" in page(agent.get(f"{at}?q=oues"))


def test_a_zone_is_added_moved_and_kept_out_of_itself(agent):
    commune, west, east = town()
    fields = {"name": "Le Gué", "kind": "district", "code": "g", "population": "", "geometry": ""}
    agent.post("/admin/territories/zones/new/", {**fields, "parent": commune.pk})
    added = Zone.objects.get(code="g")
    assert added.get_parent() == commune
    at = f"/admin/territories/zones/edit/{added.pk}/"
    assert agent.post(at, {**fields, "parent": west.pk}).status_code == 302
    assert Zone.objects.get(code="g").get_parent() == west
    assert agent.post(at, {**fields, "parent": ""}).status_code == 302
    assert Zone.objects.get(code="g").is_root()
    refused = agent.post(f"/admin/territories/zones/edit/{commune.pk}/", {**fields, "code": "69999", "parent": west.pk})
    assert refused.status_code == 200 and "elle-même" in page(refused)
    broken = agent.post(at, {**fields, "geometry": '{"type": "Polygon"', "parent": ""})
    assert "n’est pas du GeoJSON" in page(broken) and "{&quot;type&quot;: &quot;Polygon&quot;" in page(broken)
    agent.post(at, {**fields, "geometry": json.dumps(box(4.8, 45.7, 4.9, 45.8)), "parent": ""})
    assert "<path" in page(agent.get(at)) and Zone.objects.get(code="g").bbox
    assert not any(Zone.find_problems())


def test_what_something_stands_on_is_not_deleted(agent):
    commune, west, _east = town()
    NamedPlace.objects.create(name="La halle", zone=west, lon=4.81, lat=45.75)
    for zone in (commune, west):
        agent.post(f"/admin/territories/zones/delete/{zone.pk}/")
        assert Zone.objects.filter(pk=zone.pk).exists()
    NamedPlace.objects.all().delete()
    agent.post(f"/admin/territories/zones/delete/{west.pk}/")
    assert not Zone.objects.filter(code="w").exists() and Zone.objects.get(code="69999").numchild == 1


def test_a_named_place_is_on_earth(agent):
    fields = {"name": "La halle", "kind": "marché", "zone": "", "lon": "45.75", "lat": "4.85", "order": "0"}
    agent.post("/admin/territories/places/new/", fields)
    assert NamedPlace.objects.get().point == [4.85, 45.75]  # put in order
    refused = agent.post("/admin/territories/places/new/", {**fields, "lon": "200"})
    assert refused.status_code == 200 and NamedPlace.objects.count() == 1
    assert "La halle" in page(agent.get("/admin/territories/places/?q=halle"))
