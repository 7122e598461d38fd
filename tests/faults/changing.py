"""`python -m tests.faults.changing`: a storm of answers, changes and withdrawals; public figures = what clients saw.

Each client is some people in turn: they answer, send the same form again with other answers, sometimes twice at once,
and take everything back with their code. The recount is the clients’ own: it uses nothing of the engine.
"""

import argparse
import http.client
import random
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from .__main__ import _environment
from .citizens import FORM, _Form

PORT = 8130
CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){4}")


class Person:
    """Somebody with a form, what they last saw thanked, and the page that thanked them."""

    def __init__(self, hidden: dict[str, str]):
        self.hidden, self.thanks = hidden, ""
        self.answers: dict[str, str] | None = None


class Client(threading.Thread):
    """`acts` random acts of `people` persons in turn; `seen` is what they last saw accepted."""

    def __init__(self, port: int, key: str, acts: int, people: int, seed: int):
        super().__init__()
        self.port, self.key, self.acts, self.random = port, key, acts, random.Random(seed)
        self.people: list[Person | None] = [None] * people
        self.done: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.slowest = 0.0
        self.radios: dict[str, list[str]] = {}
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=600)

    @property
    def seen(self) -> list[dict[str, str]]:
        return [person.answers for person in self.people if person and person.answers is not None]

    def run(self) -> None:
        from django.db import connections

        for _n in range(self.acts):
            place = self.random.randrange(len(self.people))
            person = self.people[place] = self.people[place] or self._arrive()
            begun = time.monotonic()
            if person.answers is not None and self.random.random() < 0.3:
                self._withdraw(person)
                self.people[place] = None
            else:
                self._answer(person)
            self.slowest = max(self.slowest, time.monotonic() - begun)
        connections.close_all()

    def _arrive(self) -> Person:
        _status, page, _place = self._ask("GET", f"/enquetes/{self.key}/")
        form = _Form(page)
        self.radios = form.radios
        return Person(form.hidden)

    def _answer(self, person: Person) -> None:
        chosen = {n: self.random.choice(values) for n, values in self.radios.items() if self.random.random() < 0.8}
        body = urlencode({**person.hidden, **chosen, "go": "send"})
        doubled = threading.Thread(target=self._again, args=(body,)) if self.random.random() < 0.05 else None
        if doubled:  # a double click: the same request twice at a time
            doubled.start()
        while (told := self._ask("POST", f"/enquetes/{self.key}/repondre/", body))[0] != 303:
            time.sleep(0.1)
        if doubled:
            doubled.join()
        self.done["submit" if person.answers is None else "change"] += 1
        person.answers, person.thanks = chosen, told[2]

    def _again(self, body: str) -> None:
        other = Client(self.port, self.key, 0, 0, 0)
        self.statuses[other._ask("POST", f"/enquetes/{self.key}/repondre/", body)[0]] += 1
        self.done["sent twice"] += 1

    def _withdraw(self, person: Person) -> None:
        """With the code from the page that thanked; not through its form, which takes thirty codes from one address."""
        from participation import receipts

        code = CODE.search(self._ask("GET", person.thanks)[1])[0]  # type: ignore[index]
        if not receipts.withdraw(receipts.read_code(code) or "", f"/enquetes/{self.key}/"):
            self.done["withdrawal refused"] += 1
        self.done["withdraw"] += 1

    def _headers(self, body: str | None) -> dict[str, str]:
        return {"Origin": f"http://127.0.0.1:{self.port}", **FORM} if body else {}

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str, str]:
        """Status, text and where it leads. A line that the server let go is taken up again: what was sent may be sent
        twice.
        """
        while True:
            try:
                self.line.request(method, path, body, self._headers(body))
                answer = self.line.getresponse()
                text = answer.read().decode()
            except (ConnectionError, http.client.HTTPException):
                self.line.close()
                continue
            self.statuses[answer.status] += 1
            return answer.status, text, answer.headers.get("Location", "")


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.changing", description=__doc__)
    parser.add_argument("--acts", type=int, default=25_000)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--people", type=int, default=25, help="of each client")
    parser.add_argument("--port", type=int, default=PORT)
    options = parser.parse_args(argv)
    var = Path(tempfile.mkdtemp(prefix="palabre-changing-"))
    _environment(var)
    import django

    django.setup()
    from .house import House

    key = _prepare()
    house = House(var, options.port)
    try:
        house.wait()
        acts = options.acts // options.clients
        clients = [Client(options.port, key, acts, options.people, n) for n in range(options.clients)]
        begun = time.monotonic()
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        seconds = time.monotonic() - begun
    finally:
        house.stop()  # else what is released below is set aside once more
    return 0 if _judge(key, clients, seconds) else 1


def _prepare() -> str:
    from django.db import connections

    from tests.factories.surveys import SurveyFactory, question

    from .__main__ import empty

    empty()
    kinds = [question("single", other=False), question("scale"), question("grid"), question("yes_no")]
    survey = SurveyFactory(open=True, questions=[*kinds, question("rating"), question("nps")])
    connections.close_all()
    return survey.key


def _judge(key: str, clients: list[Client], seconds: float) -> bool:
    """Drain, reconcile, count what the clients saw, compare; True when all agree."""
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client as Reader

    from surveys.models import Response, Survey
    from surveys.results import figures

    from .__main__ import _count_all_again

    survey = Survey.objects.for_display().get(key=key)
    aside = _count_all_again(survey.tool_id)
    call_command("sweep")
    try:
        call_command("reconcile")
        agrees = True
    except SystemExit:
        agrees = False
    seen = [answers for client in clients for answers in client.seen]
    counts = dict(survey.tool.tallies.values_list("number", "n"))
    shown = figures(Survey.objects.for_display().get(key=key), counts, None, threshold=1)
    public = Reader(SERVER_NAME="127.0.0.1").get(f"/enquetes/{key}/resultats.json").json()["responses"]
    done: Counter[str] = sum((client.done for client in clients), Counter())
    statuses: Counter[int] = sum((client.statuses for client in clients), Counter())
    stored = Response.objects.filter(survey=survey).count()
    differing = list(_differences(seen, shown))
    acts = sum(done[act] for act in ("submit", "change", "withdraw"))
    print(f"{connection.vendor}: {acts} acts by {len(clients)} clients in {seconds:.1f} s: {dict(done)}")
    print(f"answers {dict(statuses)}; slowest {max(client.slowest for client in clients):.2f} s; set aside {aside}")
    print(f"seen {len(seen)}, stored {stored}, counted {shown['responses']}, public {public}")
    print(f"reconcile {'agrees' if agrees else 'DIFFERS'}; figures {'equal' if not differing else differing[:5]}")
    whole = len(seen) == stored == shown["responses"] == public and not done["withdrawal refused"]
    every = acts == sum(client.acts for client in clients)  # none gave up
    return whole and every and agrees and not differing and set(statuses) <= {200, 303}


def _differences(seen: list[dict[str, str]], shown: dict[str, Any]) -> Iterator[tuple]:
    """(input, value, seen, shown) wherever the figures say something else than what the clients saw."""
    for n, entry in enumerate(shown["questions"], 1):
        rows = entry.get("rows")
        for name, table in [(f"q{n}_{i}", row) for i, row in enumerate(rows, 1)] if rows else [(f"q{n}", entry)]:
            counted = Counter(_group(entry["type"], answers[name]) for answers in seen if name in answers)
            told = {option["id"]: option["count"] for option in table["options"] if option["count"]}
            if told != dict(counted) or table["base"] != counted.total():
                yield name, told, dict(counted), table["base"]
        answered = sum(any(name.partition("_")[0] == f"q{n}" for name in answers) for answers in seen)
        if (entry["base"], entry["no_answer"]) != (answered, len(seen) - answered):
            yield f"q{n}", entry["base"], entry["no_answer"], answered


def _group(kind: str, value: str) -> str:
    if kind != "nps":
        return value
    return "promoters" if int(value) > 8 else "passives" if int(value) > 6 else "detractors"


if __name__ == "__main__":
    sys.exit(main())
