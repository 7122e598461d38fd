"""Ballot stuffing through the public doors: machines that clear their cookies, and people behind the same address."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.test import Client

from participation.models import Arrival

from .citizens import OURS, hidden
from .voters import hidden as hidden_field

ADDRESS = "203.0.113.9"


def forged(draw: random.Random) -> dict[str, str]:
    """Headers by which a client claims to be somebody else, other ones each time."""
    other = ".".join(str(draw.randrange(1, 255)) for _part in range(4))
    return {"x-forwarded-for": f"{other}, {other[::-1]}", "forwarded": f"for={other}", "x-real-ip": other}


class Sender:
    """Sends to one survey or debate from ADDRESS, each time as somebody new; `forging` claims addresses."""

    def __init__(self, monkeypatch: Any, tool: Any, forging: bool = False, address: str = ADDRESS):
        self.monkeypatch, self.tool, self.address = monkeypatch, tool, address
        self.draw, self.forging = random.Random(4), forging

    def send(self, took: float = 0.0, at: float | None = None, **typed: str) -> Any:
        """Send, `took` seconds after opening, as if `at` seconds from now; the answer to the POST."""
        client, now = Client(raise_request_exception=False), int(time.time())
        headers = {**OURS, **(forged(self.draw) if self.forging else {})}
        with self._clock(now - took):
            page = self._open(client, headers)
        assert page.status_code == 200
        path, fields = self._form(page, typed)
        with self._clock(now):
            answer = client.post(path, fields, headers=headers, REMOTE_ADDR=self.address)
        assert answer.status_code == 303, (answer.status_code, answer.content.decode()[:2000])
        answer.thanks = client
        if at is not None:
            _move_newest(at)
        return answer

    @contextmanager
    def _clock(self, now: float) -> Iterator[None]:
        """The clock of the web process stands still: how busy this machine is tells nothing of who sends."""
        with self.monkeypatch.context() as then:
            for module in ("receipts", "arrivals"):
                then.setattr(f"participation.{module}.time", SimpleNamespace(time=lambda: now))
            yield

    def _open(self, client: Client, headers: dict[str, str]) -> Any:
        return client.get(self.tool.get_absolute_url(), headers=headers, REMOTE_ADDR=self.address)

    def _form(self, page: Any, typed: dict[str, str]) -> tuple[str, dict[str, str]]:
        if "debats" in self.tool.get_absolute_url():
            names = ("token", "statement")
            fields = {name: hidden_field(page, name) for name in names}
            return f"/debats/{self.tool.key}/voter/", {**fields, "vote": "agree", **typed}
        return f"/enquetes/{self.tool.key}/repondre/", {**hidden(page), "go": "send", **typed}


def _move_newest(seconds: float) -> None:
    """Let the newest arrival have come `seconds` from now (negative: before)."""
    newest = Arrival.objects.order_by("-at").first()
    moved = newest.at + timedelta(seconds=seconds)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE participation_arrival SET at = %s WHERE key = %s", [moved, newest.key])


def honest_seconds(n: int, seed: int = 6) -> list[tuple[float, float]]:
    """(took, at) of `n` people over ten minutes around now."""
    draw = random.Random(seed)
    return [(draw.uniform(30, 300), draw.uniform(-300, 300)) for _person in range(n)]
