"""A Wagtail page for measuring, with or without a survey in it; installed by tests.bench.settings alone."""
