"""A developer's or a visitor's own machine: `make run`."""

from .base import *  # noqa: F403
from .base import env

SECRET_KEY = env("SECRET_KEY", default="dev-only-secret-never-used-in-production")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"])
WHITENOISE_USE_FINDERS = True  # static files straight from the tree: nothing to collect
WHITENOISE_AUTOREFRESH = DEBUG
DEMO_ALLOWED = True
