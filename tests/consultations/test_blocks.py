"""Every block shows an agent what it gives before it is chosen."""

import pytest

from consultations.blocks import BodyBlock

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
