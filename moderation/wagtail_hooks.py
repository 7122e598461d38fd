"""Moderation in the Wagtail admin."""

from . import burst_hooks  # noqa: F401 - registers its hooks
