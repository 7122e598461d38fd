"""Every block shows an agent what it gives before it is chosen."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from consultations.blocks import BodyBlock
from tests.factories.debates import DebateFactory
from tests.factories.maps import MapFactory
from tests.factories.pages import ConsultationPageFactory
from tests.factories.surveys import SurveyFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", list(BodyBlock().child_blocks))
def test_each_block_has_a_preview(admin_client, name):
    from consultations.models import ConsultationPage

    block = ConsultationPage._meta.get_field("body").stream_block.child_blocks[name]
    assert block.is_previewable, name
    response = admin_client.get("/admin/block-preview/", {"id": block.definition_prefix})
    assert response.status_code == 200
    assert b"palabre.css" in response.content


def test_there_is_no_raw_html():
    from wagtail.blocks import RawHTMLBlock

    def walk(block):
        yield block
        for child in getattr(block, "child_blocks", {}).values():
            yield from walk(child)
        if hasattr(block, "child_block"):
            yield from walk(block.child_block)

    assert not any(isinstance(block, RawHTMLBlock) for block in walk(BodyBlock()))


def test_no_figure_is_shown_before_anybody_could_take_part(client):
    tools = SurveyFactory(open=True), DebateFactory(open=True), MapFactory(open=True)
    names = ("survey", "results"), ("debate", "debate_results"), ("map", "map_results")
    body = [
        {"type": kind, "id": str(uuid.uuid4()), "value": {pair[0]: tool.pk, "title": "Ce que vous nous dites"}}
        for tool, pair in zip(tools, names, strict=True)
        for kind in pair
    ]
    page = ConsultationPageFactory(coming=True, body=body)
    html = client.get(page.url).content.decode()
    assert html.count("Les chiffres s’afficheront ici après l’ouverture.") == 3
    assert "volontaires" not in html
    page.opens_at = timezone.now() - timedelta(hours=1)
    page.save_revision().publish()
    html = client.get(page.url).content.decode()
    assert "après l’ouverture" not in html and html.count("volontaires") == 3
