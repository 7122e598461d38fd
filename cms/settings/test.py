"""What the test suite runs on: quick password hashing, and the database and Redis it was given."""

import tests.machine  # noqa: F401, I001 - first: base reads the environment that it prepares

from .base import *  # noqa: F403
from .base import DATABASES, VAR_DIR

SECRET_KEY = "test-secret"
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = VAR_DIR / "test-media"
EXPORTS_ROOT = VAR_DIR / "test-exports"
RESPONSES_PER_ADDRESS = (0, 600)
RESULTS_FRESH_FOR = 0
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: threads and processes of a test see the same database.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
DEMO_ALLOWED = True
GEOCODER_URL = ""  # no test asks anybody elsewhere
