"""Production refuses to start on settings that would not be safe there."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

SAFE = {
    "DJANGO_SETTINGS_MODULE": "cms.settings.production",
    "SECRET_KEY": "k" * 50,
    "ALLOWED_HOSTS": "participer.ville.example",
    "BASE_URL": "https://participer.ville.example",
    "DATABASE_URL": "postgres://palabre@127.0.0.1/palabre",
}


def start(**changes: str | None) -> subprocess.CompletedProcess:
    env = {**os.environ, **SAFE, **{k: v for k, v in changes.items() if v is not None}}
    for name in [k for k, v in changes.items() if v is None]:
        env.pop(name, None)
    command = [
        sys.executable,
        "-c",
        "import django; django.setup(); from django.conf import settings; print(settings.DEBUG)",
    ]
    return subprocess.run(command, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True)


def test_starts_on_safe_settings():
    assert start().stdout.strip() == "False", start().stderr


@pytest.mark.parametrize(
    "unsafe",
    [
        {"SECRET_KEY": None},
        {"SECRET_KEY": "short"},
        {"SECRET_KEY": "dev-only-secret-never-used-in-production"},
        {"DEBUG": "1"},
        {"ALLOWED_HOSTS": None},
        {"ALLOWED_HOSTS": "*"},
        {"BASE_URL": "http://participer.ville.example"},
        {"DATABASE_URL": None},
    ],
)
def test_refuses_what_is_not_safe(unsafe):
    refused = start(**unsafe)
    assert refused.returncode != 0
    assert "ImproperlyConfigured" in refused.stderr
