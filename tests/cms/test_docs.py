"""Documentation that fails when something is missing from it."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from consultations.blocks import BodyBlock
from surveys.questions import TYPES

ROOT = Path(settings.BASE_DIR)
DOCS = ROOT / "docs"
ROOMS = (
    "cms",
    "home",
    "search",
    "consultations",
    "surveys",
    "deliberation",
    "maps",
    "moderation",
    "uploads",
    "participation",
    "counting",
    "geography",
)


def text(name: str) -> str:
    return (DOCS / name).read_text()


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_is_on_the_map(room):
    assert f"`{room}/`" in text("rooms.md")
    assert (ROOT / room / "__init__.py").exists()


@pytest.mark.parametrize("kind", TYPES)
def test_every_question_type_is_described_and_tested(kind):
    assert f"`{kind}`" in text("question-types.md")
    assert (ROOT / "templates" / TYPES[kind].template).exists()
    assert (ROOT / "templates" / "surveys" / "figures" / f"{TYPES[kind].figure}.html").exists()
    block = TYPES[kind].block
    assert all(str(getattr(block().meta, name, "")) for name in ("label", "icon", "description"))


def test_every_block_says_what_it_is():
    for name, block in BodyBlock().child_blocks.items():
        assert block.label and block.meta.icon and block.meta.description, name
        assert block.meta.preview_value is not None


@pytest.mark.parametrize("command", [name for name, app in get_commands().items() if app in ROOMS])
def test_every_command_is_a_documented_door(command):
    known = text("doors.md") + text("deploy.md") + (ROOT / "README.md").read_text()
    assert f"`{command}" in known or f"manage.py {command}" in known


def test_every_variable_is_documented():
    import re

    read = set()
    for path in (ROOT / "cms" / "settings").glob("*.py"):
        read |= set(re.findall(r'env(?:\.\w+)?\("([A-Z_]+)"', path.read_text()))
    known = text("doors.md") + text("deploy.md")
    assert not {name for name in read if name not in known} - {"DEBUG", "SSL_REDIRECT", "LANGUAGE_CODE", "ENGINE"}


def test_every_public_address_is_a_documented_door():
    doors = text("doors.md") + (ROOT / "home" / "urls.py").read_text()
    for name in ("repondre", "merci", "resultats.json", "resultats.csv", "suivi", "recherche", "sante", "stats.csv"):
        assert name in doors


def test_links_between_documents_lead_somewhere():
    import re

    for path in [*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\((?!http)([^)#]+)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
