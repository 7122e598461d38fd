"""`python -m tests.faults.voting`: a storm of votes, changes and withdrawals; public totals = what clients saw."""

import argparse
import http.client
import json
import random
import re
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

from .__main__ import _environment

PORT, STATEMENTS = 8129, 24
WORDS = ("agree", "disagree", "pass")


class Client(threading.Thread):
    """One person in one browser, `acts` random acts; `votes` is what they last saw accepted."""

    def __init__(self, port: int, key: str, acts: int, seed: int):
        super().__init__()
        self.port, self.key, self.acts, self.random = port, key, acts, random.Random(seed)
        self.votes: dict[str, str] = {}
        self.statuses: Counter[int] = Counter()
        self.slowest, self.cookie, self.token = 0.0, "", ""
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def run(self) -> None:
        page = self._ask("GET", "").decode()
        self.token = re.search(r'name="token" value="([^"]*)"', page)[1]  # type: ignore[index]
        refs = re.findall(r'id="s-([0-9a-f]+)"', self._ask("GET", "affirmations/").decode())
        for _n in range(self.acts):
            self._act(self.random.choice(refs), self.random.choice([*WORDS, *WORDS, "withdraw"]))

    def _act(self, ref: str, word: str) -> None:
        body = urlencode({"token": self.token, "statement": ref, "vote": word})
        doubled = threading.Thread(target=self._again, args=(body,)) if self.random.random() < 0.05 else None
        if doubled:  # a double click: the same request twice at a time
            doubled.start()
        begun = time.monotonic()
        self._ask("POST", "voter/", body)
        self.slowest = max(self.slowest, time.monotonic() - begun)
        if doubled:
            doubled.join()
        if self.last == 303:
            self.votes.pop(ref, None)
            if word != "withdraw":
                self.votes[ref] = word

    def _again(self, body: str) -> None:
        other = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        other.request("POST", f"/debats/{self.key}/voter/", body, self._headers(body))
        self.statuses[other.getresponse().status] += 1
        other.close()

    def _headers(self, body: str | None) -> dict[str, str]:
        origin = {"Origin": f"http://127.0.0.1:{self.port}", "Content-Type": "application/x-www-form-urlencoded"}
        return (origin if body else {}) | ({"Cookie": self.cookie} if self.cookie else {})

    def _ask(self, method: str, path: str, body: str | None = None) -> bytes:
        self.line.request(method, f"/debats/{self.key}/{path}", body, self._headers(body))
        answer = self.line.getresponse()
        text, self.last = answer.read(), answer.status
        self.statuses[self.last] += 1
        if cookie := answer.headers.get("Set-Cookie"):
            self.cookie = cookie.split(";")[0]
        return text


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.voting", description=__doc__)
    parser.add_argument("--acts", type=int, default=25_000)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--port", type=int, default=PORT)
    options = parser.parse_args(argv)
    var = Path(tempfile.mkdtemp(prefix="palabre-voting-"))
    _environment(var)
    import django

    django.setup()
    from .house import House

    key = _prepare()
    house = House(var, options.port)
    try:
        house.wait()
        clients = [Client(options.port, key, options.acts // options.clients, n) for n in range(options.clients)]
        begun = time.monotonic()
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        return 0 if _judge(key, clients, time.monotonic() - begun, options.port) else 1
    finally:
        house.stop()


def _prepare() -> str:
    from django.db import connections

    from tests.factories.debates import DebateFactory

    from .__main__ import empty

    empty()
    debate = DebateFactory(open=True, seeds=[f"Phrase {chr(97 + n)} : une idée à la fois." for n in range(STATEMENTS)])
    connections.close_all()
    return debate.key


def _judge(key: str, clients: list[Client], seconds: float, port: int) -> bool:
    from django.core.management import call_command
    from django.utils import timezone

    from deliberation.models import Debate, Vote, Voter

    seen = Counter((ref, word) for client in clients for ref, word in client.votes.items())
    Debate.objects.filter(key=key).update(closes_at=timezone.now())
    call_command("sweep")
    try:
        call_command("reconcile")
        agrees = True
    except SystemExit:
        agrees = False
    time.sleep(1)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/debats/{key}/resultats.json") as answer:
        public = json.loads(answer.read())
    shown = Counter({(s["id"], word): s[word] for s in public["statements"] for word in WORDS if s[word]})
    statuses: Counter[int] = sum((client.statuses for client in clients), Counter())
    people = sum(1 for client in clients if client.votes)
    print(f"acts {sum(c.acts for c in clients)} by {len(clients)} clients in {seconds:.1f} s; answers {dict(statuses)}")
    print(f"slowest {max(c.slowest for c in clients):.2f} s; votes seen accepted {seen.total()}, people {people}")
    print(
        f"public totals {shown.total()}, people {public['participants']}; stored {Vote.objects.count()} votes,", end=" "
    )
    print(f"{Voter.objects.count()} people; recount {'agrees' if agrees else 'DIFFERS'}")
    right = shown == seen and public["participants"] == people == Voter.objects.count()
    print("equal" if right else f"DIFFERENT: {dict((shown - seen) + (seen - shown))}")
    return right and agrees and not any(status >= 400 for status in statuses)


if __name__ == "__main__":
    sys.exit(main())
