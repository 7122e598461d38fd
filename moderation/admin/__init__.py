"""Moderation's screens in the Wagtail admin."""
