"""The runs in small: everything killed three times; answers changed and withdrawn. Nothing lost, nothing doubled."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.faults
def test_nothing_is_lost_or_doubled_while_everything_is_killed():
    sizes = ["--submissions", "300", "--clients", "4", "--kills", "3", "--redis", "2", "--port", "8128"]
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL", "VAR_DIR")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", *sizes], cwd=ROOT, env=env, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.faults
def test_public_figures_are_what_those_saw_who_changed_their_mind():
    sizes = ["--acts", "400", "--clients", "4", "--people", "8", "--port", "8131"]
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL", "VAR_DIR")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.changing", *sizes],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
