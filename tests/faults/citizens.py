"""Citizens who do not give up: each sends one form, with the same token, until the site says thank you."""

import http.client
import itertools
import random
import threading
import time
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import urlencode

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PATIENCE = 120.0  # seconds after which a citizen's form counts as refused


class _Form(HTMLParser):
    """Hidden fields and radio buttons of the page's form, as a browser reads them."""

    def __init__(self, html: str):
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.radios: dict[str, list[str]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden":
            self.hidden[given["name"] or ""] = given["value"] or ""
        elif tag == "input" and given.get("type") == "radio":
            self.radios.setdefault(given["name"] or "", []).append(given["value"] or "")


class Citizens:
    """`clients` threads that together have `wanted` forms thanked."""

    def __init__(self, port: int, key: str, wanted: int, clients: int):
        self.port, self.key, self.wanted = port, key, wanted
        self.lock = threading.Lock()
        self.numbers = itertools.count()
        self.thanked: set[str] = set()  # tokens
        self.chosen: Counter[str] = Counter()  # values of the radio buttons that were thanked
        self.retries = self.refused = 0
        self.odd: Counter[int] = Counter()  # answers other than 303 and 503
        self.slowest = 0.0
        self.threads = [threading.Thread(target=self._live) for _ in range(clients)]

    def _live(self) -> None:
        while next(self.numbers) < self.wanted:
            self._take_part()

    def _take_part(self) -> None:
        begun = time.monotonic()
        form = self._fetch(begun)
        if form is None:
            self._give_up()
            return
        choice = {name: random.choice(values) for name, values in form.radios.items()}
        body = urlencode({**form.hidden, **choice, "go": "send"})
        while time.monotonic() - begun < PATIENCE:
            status, _text = self._ask("POST", f"/enquetes/{self.key}/repondre/", body)
            if status == 303:
                self._note(form.hidden["token"], choice, time.monotonic() - begun)
                return
            self._count_retry(status)
        self._give_up()

    def _count_retry(self, status: int) -> None:
        with self.lock:
            self.retries += 1
            if status not in (0, 503):
                self.odd[status] += 1
        time.sleep(0.1)

    def _fetch(self, begun: float) -> _Form | None:
        while time.monotonic() - begun < PATIENCE:
            status, text = self._ask("GET", f"/enquetes/{self.key}/")
            if status == 200:
                return _Form(text)
            self._count_retry(status)
        return None

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        """Status and text; status 0 when the connection broke."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request(method, path, body, FORM if body else {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()

    def _note(self, token: str, choice: dict[str, str], seconds: float) -> None:
        with self.lock:
            self.thanked.add(token)
            self.chosen.update(choice.values())
            self.slowest = max(self.slowest, seconds)

    def _give_up(self) -> None:
        with self.lock:
            self.refused += 1
