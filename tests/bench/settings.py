"""What the bench serves: the product's own settings on the bench's database, without a limit per address."""

import os

os.environ.setdefault("RESPONSES_PER_ADDRESS", "0")
os.environ.setdefault("VOTES_PER_ADDRESS", "0")

from cms.settings.base import *  # noqa: E402, F403
from cms.settings.base import INSTALLED_APPS  # noqa: E402

SECRET_KEY = "bench-only-secret-never-used-anywhere-else"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [*INSTALLED_APPS, "tests.bench.pages.apps.BenchPagesConfig"]
WHITENOISE_USE_FINDERS = True  # the desk is worked in a browser, with its scripts
LOGGING = {"version": 1, "disable_existing_loggers": False}
