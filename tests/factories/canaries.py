"""Words that nobody may read, planted in everything people write, and eyes that look for them everywhere.

Each text holds a `word`, in an address that signals quote, and its neighbour (`beside`), which a redaction leaves.
"""

import contextlib
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client

from deliberation.models import Debate
from maps.models import Map
from moderation.models import Item, Service
from participation import receipts
from participation.identity import participant_key
from surveys import intake, open_answers
from surveys.models import OpenAnswer, Survey

from .debates import ArgumentFactory, DebateFactory, StatementFactory
from .maps import MapFactory, PlaceFactory
from .moderation import item_of, moderate
from .pages import ConsultationPageFactory
from .surveys import question
from .words import open_survey, send

STATES = ("pending", "asked", "refused", "hidden", "forwarded", "merged", "redacted")
KINDS = ("statement", "argument", "reply", "answer", "place")
MERGEABLE = ("statement", "argument", "reply", "place")
REASON, NOTE = "zzraison", "zznote"  # what a moderator writes beside a decision


class Canary(NamedTuple):
    kind: str
    state: str
    item: Item
    code: str

    @property
    def word(self) -> str:
        return f"zz{self.kind}{self.state}"

    @property
    def beside(self) -> str:
        return f"qq{self.kind}{self.state}"


def text_of(kind: str, state: str) -> str:
    return f"Le qq{kind}{state} : écrivez à zz{kind}{state}@example.org demain."


def masked(kind: str, state: str) -> str:
    return text_of(kind, state).replace(f"zz{kind}{state}@example.org", "[…]")


class Ground:
    """A consultation page with a debate, a survey, a map and the results of all; `plant` writes in it."""

    def __init__(self, **of_debate: Any):
        debate = DebateFactory(**{"open": True, "free_arguments": True, **of_debate})
        asked = question("long_text", "Une idée ?", shown=True), question("single", options=["oui", "non"], other=True)
        survey = open_survey(*asked)
        tools = {"survey": {"survey": survey.pk}, "results": {"survey": survey.pk, "title": "Ce que vous dites"}}
        tools |= {"debate": {"debate": debate.pk}, "debate_results": {"debate": debate.pk, "title": "Ce qui unit"}}
        map = MapFactory(open=True)
        tools |= {"map": {"map": map.pk}, "map_results": {"map": map.pk, "title": "Ce que vous montrez"}}
        body = [{"type": kind, "value": value} for kind, value in tools.items()]
        self.page = ConsultationPageFactory(open=True, body=body)
        self.debate, self.survey = Debate.objects.get(pk=debate.pk), Survey.objects.get(pk=survey.pk)
        self.map = Map.objects.get(pk=map.pk)
        self.service = Service.objects.create(name="Voirie")
        self.argued = StatementFactory(debate=self.debate, published=True, text="Il manque un abri.")
        self.replied = ArgumentFactory(statement=self.argued, published=True, text="On y attend sous la pluie.")

    def someone(self) -> tuple[str, bytes, str]:
        """(code, participant key, form token) of somebody new."""
        token, scope = receipts.issue_token(self.survey.key), self.survey.scope
        code = receipts.code_for(scope.tag, bytes(scope.salt), token)
        return code, participant_key(bytes(scope.salt), code), token

    def write(self, kind: str, text: str, who: tuple[str, bytes, str] | None = None) -> tuple[Any, str]:
        """(what was written, the code of who wrote it): a text of one kind, waiting."""
        code, key, token = who or self.someone()
        if kind in ("answer", "other"):
            known = set(OpenAnswer.objects.values_list("pk", flat=True))
            said = (text, {"options": ["yes"]}) if kind == "answer" else ("", {"options": ["other"], "other": text})
            send(self.survey, *_given(self.survey, said), token=token)
            open_answers.sort()
            return OpenAnswer.objects.exclude(pk__in=known).get(), code
        if kind == "statement":
            return StatementFactory(debate=self.debate, text=text, author_key=key), code
        if kind == "place":
            return PlaceFactory(map=self.map, text=text, author_key=key), code
        place = {"parent": self.replied, "statement": self.argued} if kind == "reply" else {"statement": self.argued}
        return ArgumentFactory(debate=self.debate, text=text, author_key=key, **place), code

    def plant(self, kind: str, state: str, user: Any = None, who: Any = None) -> Canary:
        text, code = self.write(kind, text_of(kind, state), who)
        item = Item.objects.get(kind=text._meta.model_name.replace("openanswer", "answer"), object_id=str(text.pk))
        bring(item, state, self, user)
        item.refresh_from_db()
        return Canary(kind, state, item, code)


def _given(survey: Survey, said: tuple[str, Any]) -> list[Any]:
    idea, choice = said
    options = [option.id for option in survey.questions[1].value["options"].bound_blocks]
    if choice["options"] == ["yes"]:
        choice = {"options": [options[0]]}
    return [idea or None, choice]


def bring(item: Item, state: str, ground: Ground, user: Any = None) -> None:
    """Have moderators bring a waiting text to where `state` says."""
    said: dict[str, Any] = {"reason": f"Une {REASON}.", "note": f"Une {NOTE}."}
    kind = _kind(item)
    if state in ("pending", "byaside"):
        return
    if state in ("hidden", "aside"):
        moderate(item, "publish", user, **said)
    if state == "aside":
        set_aside(item)
    elif state == "merged":
        other, _code = ground.write(kind, f"Le même avis, dit autrement ({kind}).")
        moderate(other, "publish", user)
        moderate(item, "merge", user, into=item_of(other), **said)
    elif state == "redacted":
        moderate(item, "redact", user, redacted=masked(kind, state), **said)
    else:
        act = {"asked": "ask", "refused": "refuse", "hidden": "hide", "forwarded": "forward"}[state]
        more = {"service": ground.service} if act == "forward" else {}
        moderate(item, act, user, **said, **more)


def _kind(item: Item) -> str:
    if item.kind != "argument":
        return item.kind
    from deliberation.models import Argument

    return "reply" if Argument.objects.get(pk=item.object_id).parent_id else "argument"


def set_aside(item: Item, aside: bool = True) -> None:
    """As if the response had been found in a burst, or been released."""
    response = OpenAnswer.objects.get(pk=item.object_id).response
    type(response).objects.filter(pk=response.pk).update(set_aside=aside)


# Looking everywhere

_LINK = re.compile(r"""(?:href|action|src)=["']?([^"' >]+)""")
Seen = dict[str, str]


def crawl(client: Client, starts: Iterable[str], may_follow: Callable[[str], bool]) -> Seen:
    """{address: what it answers}, headers included, from `starts` on, by every link and form that `may_follow`."""
    seen: Seen = {}
    left = list(dict.fromkeys(starts))
    while left:
        at = left.pop()
        if at in seen:
            continue
        answer = client.get(at)
        assert answer.status_code < 500, at
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        headers = "".join(f"{name}: {value}\n" for name, value in answer.headers.items())
        seen[at] = headers + body.decode(errors="replace")
        assert len(seen) < 2000, "this crawl has no end"
        found = [*_LINK.findall(seen[at]), *([answer["Location"]] if answer.has_header("Location") else [])]
        left += [to for link in found if (to := _address(at, link)) not in seen and to and may_follow(to)]
    return seen


def _address(at: str, link: str) -> str:
    parts = urlsplit(urljoin(f"http://testserver{at}", link.replace("&amp;", "&")))
    if parts.netloc not in ("testserver", "127.0.0.1:8000"):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def holding(seen: Seen, word: str) -> list[str]:
    return [at for at, said in seen.items() if word in said.lower()]


def rows_holding(*words: str) -> dict[str, set[str]]:
    """{word: tables in which any column of any row holds it}, whatever its type."""
    found: dict[str, set[str]] = {word: set() for word in words}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            told = " ".join(_readable(cell) for row in cursor.fetchall() for cell in row).lower()
            for word in words:
                if word in told:
                    found[word].add(table)
    return found


def _readable(cell: Any) -> str:
    return bytes(cell).decode("latin-1") if isinstance(cell, (bytes, memoryview)) else str(cell)


def told_by_messenger() -> str:
    """All that lies in Redis: keys, jobs with their arguments and what came of them."""
    server = redis.from_url(settings.REDIS_URL)
    return " ".join(_plain(piece) for key in server.scan_iter(count=1000) for piece in (key, *_pieces(server, key)))


def _pieces(server: Any, key: bytes) -> Iterator[bytes]:
    kind = server.type(key)
    if kind == b"string":
        yield server.get(key) or b""
    elif kind == b"hash":
        for name, value in server.hgetall(key).items():
            yield from (name, value)
    elif kind in (b"list", b"set", b"zset"):
        yield from {b"list": server.lrange, b"zset": server.zrange}.get(kind, lambda k, *_: server.smembers(k))(
            key, 0, -1
        )
    else:
        yield server.dump(key) or b""


def _plain(piece: bytes) -> str:
    with contextlib.suppress(zlib.error):
        piece = zlib.decompress(piece)
    return piece.decode("latin-1").lower()


def told_by_cache() -> str:
    """All that lies in Django's cache, which in tests is the memory of this process."""
    return str(getattr(cache, "_cache", {})).lower()


__all__ = ["Canary", "Ground", "bring", "crawl", "holding", "intake", "masked", "rows_holding", "set_aside", "text_of"]
