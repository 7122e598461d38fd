"""What the test suite runs on: fast password hashing, no outside service but the database and Redis it was given."""

from .base import *  # noqa: F403

SECRET_KEY = "test-secret"
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
