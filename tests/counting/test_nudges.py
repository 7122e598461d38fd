"""Nudges are sent at once when all is quiet, and gathered when many come."""

import threading

import pytest

from counting import jobs


@pytest.fixture
def sent(monkeypatch):
    found: list[int] = []
    monkeypatch.setattr(jobs, "_send", found.append)
    monkeypatch.setattr(jobs, "_sent", {})
    monkeypatch.setattr(jobs, "PAUSE", 0.05)
    return found


def test_first_goes_at_once_and_the_rest_become_one(sent):
    for _ in range(50):
        jobs._nudge(1)
    assert sent == [1]
    for timer in [t for t in threading.enumerate() if isinstance(t, threading.Timer)]:
        timer.join(2)
    assert sent == [1, 1]


def test_tools_do_not_wait_for_each_other(sent):
    jobs._nudge(1)
    jobs._nudge(2)
    assert sent == [1, 2]
