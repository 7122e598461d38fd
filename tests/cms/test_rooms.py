"""The import contracts hold, and they would notice."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
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
LINT = Path(sys.executable).parent / "lint-imports"


def lint(tree: Path) -> subprocess.CompletedProcess:
    command = [str(LINT), "--config", str(tree / "pyproject.toml"), "--no-cache"]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, env={"PYTHONPATH": str(tree), "PATH": ""})


@pytest.fixture
def tree(tmp_path):
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_rooms_are_as_drawn(tree):
    assert lint(tree).returncode == 0, lint(tree).stdout


@pytest.mark.parametrize(
    ("where", "forbidden"),
    [
        ("counting/fold.py", "import surveys.models"),
        ("surveys/intake.py", "from consultations import phases"),
        ("participation/limits.py", "import counting.jobs"),
        ("surveys/cells.py", "import surveys.results"),
        ("counting/packing.py", "import counting.models"),
        ("maps/places.py", "import deliberation.models"),
        ("geography/lookup.py", "import participation.limits"),
        ("geography/geojson.py", "import geography.models"),
    ],
)
def test_a_forbidden_import_is_noticed(tree, where, forbidden):
    path = tree / where
    path.write_text(path.read_text() + f"\n\ndef late():\n    {forbidden}\n")
    broken = lint(tree)
    assert broken.returncode == 1
    assert "BROKEN" in broken.stdout
